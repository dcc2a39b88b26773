# a Kubernetes index without its count must not mean "everything"
JOB_COMPLETION_INDEX=2 undertone batch . 2>&1
