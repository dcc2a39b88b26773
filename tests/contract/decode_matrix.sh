#!/usr/bin/env bash
# Every codec and container that the tools here can write, decoded and measured against the signal
# that went in; and files damaged on purpose. A codec whose encoder is missing is a loud skip.
# usage: decode_matrix.sh TEST_PROGRAM
set -u
export LC_ALL=C
prog=$(realpath "$1") || exit 2
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
"$prog" --make "$dir" || exit 2
cd "$dir" || exit 2

make() { # NAME COMMAND...: the file appears whole or not at all
	local name=$1
	shift
	"$@" >"$name.log" 2>&1 </dev/null || rm -f "$name"
	[ -s "$name" ] || rm -f "$name"
}
if ! command -v ffmpeg >/dev/null || ! command -v sox >/dev/null; then
	echo "1..0 # SKIP ffmpeg and sox make the files of this test; install both"
	exit 0
fi
ff() { # NAME INPUT ARGS...
	make "$1" ffmpeg -hide_banner -v error -y -i "$2" "${@:3}" "$1"
}

# containers and codecs; s8 and s16 are stereo at 8 and 16 kHz, m8 and m16 mono
ff pcm.wav s8.wav -c:a pcm_s16le
ff u8.wav s8.wav -c:a pcm_u8
ff s24.wav s16.wav -c:a pcm_s24le
ff f32.wav s16.wav -c:a pcm_f32le
ff mulaw.wav s8.wav -c:a pcm_mulaw
ff alaw.wav s8.wav -c:a pcm_alaw
ff ima.wav s8.wav -c:a adpcm_ima_wav
ff ms.wav s8.wav -c:a adpcm_ms
ff g726.wav m8.wav -c:a g726 -b:a 32k
ff mp3in.wav s16.wav -c:a libmp3lame -b:a 48k
make gsm.wav sox m8.wav -e gsm-full-rate gsm.wav
ff rf64.wav s8.wav -c:a pcm_s16le -rf64 always
ff w64.w64 s8.wav -c:a pcm_s16le
ff aiff.aiff s8.wav -c:a pcm_s16be
ff au.au s8.wav -c:a pcm_mulaw
ff caf.caf s8.wav -c:a pcm_s16be
ff flac.flac s16.wav -c:a flac
ff flac.ogg s16.wav -c:a flac
ff vorbis.ogg s16.wav -c:a libvorbis -q:a 4
ff opus.opus s16.wav -c:a libopus -b:a 48k
ff opus.webm s16.wav -c:a libopus -b:a 48k
ff opus.mka s16.wav -c:a libopus -b:a 48k
ff speex.spx m16.wav -c:a libspeex
ff cbr.mp3 s16.wav -c:a libmp3lame -b:a 48k
ff vbr.mp3 s16.wav -c:a libmp3lame -q:a 5
ff noxing.mp3 s16.wav -c:a libmp3lame -b:a 48k -write_xing 0 -id3v2_version 0
ff mp3_8k.mp3 s8.wav -c:a libmp3lame -b:a 24k
cp cbr.mp3 renamed.wav 2>/dev/null
cp cbr.mp3 renamed.ulaw 2>/dev/null
ff aac.m4a s16.wav -c:a aac -b:a 64k
ff aacfast.mp4 s16.wav -c:a aac -b:a 64k -movflags +faststart
ff aacfrag.mp4 s16.wav -c:a aac -b:a 64k -movflags frag_keyframe+empty_moov
ff aac.aac s16.wav -c:a aac -b:a 64k
ff aac.ts s16.wav -c:a aac -b:a 64k
ff aac.flv s16.wav -c:a aac -b:a 64k -ar 22050
ff alac.m4a s16.wav -c:a alac
ff wma.wma s16.wav -c:a wmav2 -b:a 64k
ff wv.wv s16.wav -c:a wavpack
ff mp2.mpg s16.wav -c:a mp2 -b:a 64k
make amrnb.amr sox m8.wav -t amr-nb amrnb.amr
ff amrnb.3gp amrnb.amr -c copy
ff g723.g723 m8.wav -c:a g723_1 -b:a 6300 -f g723_1
ff raw.ulaw m8.wav -f mulaw
ff raw.al m8.wav -f alaw
ff raw.sln m8.wav -f s16le
ff raw.sln16 m16.wav -f s16le
ff raw.g722 m16.wav -f g722
ff raw.g726-32 m8.wav -c:a g726le -b:a 32k -f g726le
ff raw.g726-24 m8.wav -c:a g726le -b:a 24k -f g726le
make raw.gsm sox m8.wav -t gsm raw.gsm
make raw.vox sox m8.wav -t vox raw.vox
# no encoder is free for these two: frames written by hand. G.729: 300 frames of zero bits.
# AMR-WB: 300 frames "no data".
head -c 3000 /dev/zero >raw.g729
{ printf '#!AMR-WB\n'; for _ in $(seq 300); do printf '\x7c'; done; } >nodata.awb

# video, tracks, times
ff video.mp4 s16.wav -f lavfi -i color=c=black:s=64x64:r=5:d=6 -map 0:a -map 1:v -c:a aac -c:v mpeg4
ff videoonly.mp4 s16.wav -f lavfi -i color=c=black:s=64x64:r=5:d=2 -map 1:v -c:v mpeg4
make late.mkv ffmpeg -hide_banner -v error -y -f lavfi -i color=c=black:s=64x64:r=5:d=8 \
	-itsoffset 1.5 -i s16.wav -map 0:v -map 1:a -c:v mpeg4 -c:a libopus late.mkv
make hole.webm ffmpeg -hide_banner -v error -y -i s16.wav -af "aselect=not(between(t\,3.1\,3.9))" \
	-c:a libopus -frame_duration 20 hole.webm
make tracks.mkv ffmpeg -hide_banner -v error -y -i m16.wav -i m8.wav -map 0 -map 1 -c:a flac tracks.mkv
make cover.mp3 ffmpeg -hide_banner -v error -y -i s16.wav -f lavfi -i color=c=red:s=32x32:d=1 \
	-map 0:a -map 1:v -frames:v 1 -c:v mjpeg -c:a libmp3lame -b:a 48k cover.mp3
make cenc.mp4 ffmpeg -hide_banner -v error -y -i s16.wav -c:a aac -encryption_scheme cenc-aes-ctr \
	-encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8 \
	cenc.mp4
make rate.aac sh -c 'ffmpeg -v error -y -i s16.wav -c:a aac -b:a 64k a.aac && ffmpeg -v error -y \
	-i s16.wav -ar 8000 -c:a aac -b:a 32k b.aac && cat a.aac b.aac >rate.aac'
make chans.mp3 sh -c 'ffmpeg -v error -y -i s16.wav -c:a libmp3lame -b:a 48k -write_xing 0 \
	-id3v2_version 0 a.mp3 && ffmpeg -v error -y -i m16.wav -c:a libmp3lame -b:a 48k -write_xing 0 \
	-id3v2_version 0 b.mp3 && cat a.mp3 b.mp3 >chans.mp3'
make chained.ogg sh -c 'cat vorbis.ogg vorbis.ogg >chained.ogg'

# cut in the middle; a stretch overwritten; cut right behind the header
for f in pcm.wav mulaw.wav ima.wav gsm.wav flac.flac vorbis.ogg opus.opus opus.webm cbr.mp3 vbr.mp3 \
	aac.m4a aacfast.mp4 aacfrag.mp4 aac.aac amrnb.amr raw.gsm raw.g722 au.au aiff.aiff wma.wma speex.spx; do
	[ -f "$f" ] || continue
	n=$(stat -c %s "$f")
	head -c $((n * 6 / 10 + 7)) "$f" >"cut-$f"
	head -c 300 "$f" >"head-$f"
	cp "$f" "hurt-$f"
	head -c $((n / 20)) /dev/zero | tr '\0' '\252' |
		dd of="hurt-$f" bs=1 seek=$((n / 2)) conv=notrunc status=none
done
"$prog" "$dir"
