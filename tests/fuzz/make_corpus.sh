#!/usr/bin/env bash
# Makes the seeds of the decode target: a twentieth of a second of a tone in every format that the
# tools here can write. usage: make_corpus.sh OUT_DIR
set -u
out=$1
mkdir -p "$out"
cd "$out" || exit 2
sox -R -D -r 8000 -c 2 -b 16 -n s.tmp.wav synth 0.06 sine 440 gain -6
sox -R -D -r 8000 -c 1 -b 16 -n m.tmp.wav synth 0.06 sine 440 gain -6
ff() { ffmpeg -v error -y -i "$2" -fflags +bitexact -flags:a +bitexact -map_metadata -1 "${@:3}" "$1" || rm -f "$1"; }
ff pcm.wav m.tmp.wav -c:a pcm_s16le
ff ima.wav s.tmp.wav -c:a adpcm_ima_wav
ff mulaw.au s.tmp.wav -c:a pcm_mulaw
ff f32.wav m.tmp.wav -c:a pcm_f32le
ff a.flac s.tmp.wav -c:a flac
ff a.aiff m.tmp.wav
ff vorbis.ogg m.tmp.wav -c:a libvorbis
ff a.opus m.tmp.wav -c:a libopus -b:a 12k
ff a.webm m.tmp.wav -c:a libopus -b:a 12k
ff a.spx m.tmp.wav -c:a libspeex
ff a.mp3 s.tmp.wav -c:a libmp3lame -b:a 16k
ff a.m4a m.tmp.wav -c:a aac -b:a 16k
ff frag.mp4 m.tmp.wav -c:a aac -b:a 16k -movflags frag_keyframe+empty_moov
ff a.aac m.tmp.wav -c:a aac -b:a 16k
ff a.wma m.tmp.wav -c:a wmav2 -b:a 24k -ar 16000
ff a.wv m.tmp.wav -c:a wavpack
ff a.flv m.tmp.wav -c:a adpcm_swf -ar 11025
ff a.avi m.tmp.wav -c:a pcm_mulaw
ff a.ts m.tmp.wav -c:a mp2 -ar 16000 -b:a 16k
sox m.tmp.wav -t amr-nb a.amr
sox m.tmp.wav -e gsm-full-rate gsm.wav
sox m.tmp.wav -t gsm - | head -c 330 >gsm.raw && printf '\2' >>gsm.raw
head -c 300 m.tmp.wav | tail -c 250 >ulaw.raw && printf '\0' >>ulaw.raw
head -c 60 /dev/zero >g729.raw && printf '\3' >>g729.raw
rm -f s.tmp.wav m.tmp.wav
