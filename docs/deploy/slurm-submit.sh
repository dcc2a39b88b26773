#!/bin/bash
# The pair: an array, then the merge. usage: slurm-submit.sh TASKS RECORDINGS RESULTS [BATCH OPTION...]
# afterany, never afterok: after one failed task, afterok waits for ever.
set -eu
here=$(dirname "$(realpath "$0")") tasks=$1 results=$3
mkdir -p "$results"
array=$(sbatch --parsable --array=0-$((tasks - 1)) "$here/slurm-array.sbatch" "${@:2}")
merge=$(sbatch --parsable --dependency=afterany:"$array" "$here/slurm-merge.sbatch" "$results")
echo "array $array"
echo "merge $merge"
