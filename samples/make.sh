#!/usr/bin/env bash
# Makes the sample calls, their sidecars and expected.json. Free voices only (espeak-ng), telephone
# band, the same bytes every time with the same versions of the tools.
# usage: make.sh [OUT_DIR]        needs espeak-ng, sox (with MP3), ffmpeg (libopus)
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$out"

# Voices: name | espeak voice | pitch 0-99 | words a minute | gain of its line, dB
declare -A voice=(
	[agent]="en-gb+f2|55|185|-1"
	[colleague]="en-us+f4|45|180|-2"
	[anna]="en-us+f3|45|175|-2"
	[ben]="en-us+m3|42|175|-2"
	[carl]="en+m7|40|178|-2"
	[dana]="he+f3|45|165|-2"
)
# Ways to say it: pitch step | rate % | sox effects after the voice. Neutral is what the customer's
# own speech is measured against.
declare -A manner=(
	[neutral]="0|100|"
	[accepting]="6|100|treble -4 1500 gain -2"
	[resigned]="-30|64|treble -8 1200 gain -5"
	[angry]="52|122|treble 11 1400 gain 6"
)

say() { # VOICE MANNER TEXT OUT.wav: 8 kHz, telephone band, without silence at its ends
	local v p s g dp rate fx
	IFS='|' read -r v p s g <<<"${voice[$1]}"
	IFS='|' read -r dp rate fx <<<"${manner[$2]}"
	p=$((p + dp)) s=$((s * rate / 100))
	espeak-ng -v "$v" -p "$((p < 0 ? 0 : p > 99 ? 99 : p))" -s "$s" -a 90 -w "$tmp/raw.wav" "$3"
	# shellcheck disable=SC2086
	sox -R -D "$tmp/raw.wav" -r 8000 -e signed -b 16 "$4" gain -7 $fx gain "$g" \
		sinc -L 300-3400 silence 1 0.01 0.3% reverse silence 1 0.01 0.3% fade t 0.02 reverse fade t 0.005
}

samples_of() { soxi -s "$1"; }

# call NAME CUSTOMER AGENT: reads lines "who gap_s manner text" (who: C or A), and makes
# $tmp/NAME.wav (left customer, right agent); sets close_start, close_end (s) of the line marked "*".
call() {
	local name=$1 at=4000 n=0 left=() right=() who gap how text mark file
	close_start=null close_end=null
	while IFS='|' read -r who gap how text; do
		[ -n "$who" ] || continue
		mark=${who#?} who=${who%"$mark"} file=$tmp/$name-$n.wav
		at=$((at + ${gap%.*}))
		if [ "$who" = C ]; then say "$2" "$how" "$text" "$file"; else say "$3" "$how" "$text" "$file"; fi
		sox -R -D "$file" "$tmp/$name-$n-at.wav" pad "${at}s"
		if [ "$who" = C ]; then left+=("$tmp/$name-$n-at.wav"); else right+=("$tmp/$name-$n-at.wav"); fi
		if [ "$mark" = "*" ]; then
			close_start=$(awk "BEGIN { printf \"%.2f\", $at / 8000 }")
			close_end=$(awk "BEGIN { printf \"%.2f\", ($at + $(samples_of "$file")) / 8000 }")
		fi
		at=$((at + $(samples_of "$file")))
		n=$((n + 1))
	done
	local total=$((at + 4800))
	# a little line noise, so that no telephone's silence is digital
	sox -R -D -r 8000 -b 16 -n "$tmp/n1.wav" synth "${total}s" pinknoise gain -50 sinc 300-3400
	sox -R -D -r 8000 -b 16 -n "$tmp/n2.wav" synth "${total}s" brownnoise gain -48 sinc 300-3400
	sox -R -D -m "$tmp/n1.wav" "${left[@]}" -b 16 "$tmp/l.wav" trim 0 "${total}s"
	sox -R -D -m "$tmp/n2.wav" "${right[@]}" -b 16 "$tmp/r.wav" trim 0 "${total}s"
	norm "$tmp/l.wav" "$((${#left[@]} + 1))" "$tmp/l2.wav"
	norm "$tmp/r.wav" "$((${#right[@]} + 1))" "$tmp/r2.wav"
	sox -R -D -M "$tmp/l2.wav" "$tmp/r2.wav" "$tmp/$name.wav"
}

# sox -m divides by the number of inputs; undo it.
norm() { sox -R -D -v "$2" "$1" "$3"; }

sidecar() { # NAME JSON_MEMBERS
	printf '{\n  "schema": 1,\n  "call_id": "sample-%s",\n%s\n}\n' "$1" "$2" >"$out/$1.json"
}
who_is_who='  "customer_channel": "left",
  "customer_kind": "external",
  "agent_channel": "right",
  "agent_kind": "internal"'
declared='  "purpose": "demonstration of Undertone",
  "notice": "synthetic voices; nobody was recorded"'

expected=""
expect() { # FILE PARTIES PROBLEMS CLOSING(json) TONE PARTIAL
	expected+="${expected:+,
}    { \"file\": \"$1\", \"parties\": [$2], \"problems\": [$3], \"closing\": $4, \"tone\": $5, \"partial\": $6 }"
}
span() { echo "{ \"start_s\": $close_start, \"end_s\": $close_end }"; }
both='"customer", "agent"'

# Gaps are in samples of 8 kHz: 3200 is 0.4 s.
opening='A|0|neutral|Good morning, how can I help you?
C|4000|neutral|Hello. My parcel has not come yet.
A|4000|neutral|What is the order number?
C|4000|neutral|It is four seven one two nine.
A|4400|neutral|And your post code?
C|4000|neutral|Ten two forty, in the old town.
A|4800|neutral|It was sent out on Monday.
C|4000|neutral|On Monday, and where is it now?'

call accepting anna agent <<<"$opening
A|4400|neutral|It is in your town. You will have it tomorrow.
C*|4400|accepting|Okay, good, I understand. Tomorrow is fine.
A|4000|neutral|Thank you for calling. Goodbye."
sox -R -D "$tmp/accepting.wav" -e mu-law "$out/accepting.wav"
sidecar accepting "  \"start_time\": \"2026-03-02T09:14:00+02:00\",
  \"direction\": \"inbound\",
  \"queue\": \"parcels\",
  \"team\": \"north\",
  \"agent_id\": \"a17\",
  \"language\": \"en\",
$who_is_who,
$declared"
expect accepting.wav "$both" "" "$(span)" '"accepting"' false

call resigned ben agent <<<"$opening
A|4400|neutral|It is lost. You must write to us.
C*|17600|resigned|Okay. Well. I understand.
A|4000|neutral|Thank you for calling. Goodbye."
sox -R -D "$tmp/resigned.wav" -e mu-law "$out/resigned.wav"
sidecar resigned "  \"start_time\": \"2026-03-02T10:40:00+02:00\",
  \"direction\": \"inbound\",
  \"queue\": \"parcels\",
  \"team\": \"north\",
  \"agent_id\": \"a17\",
  \"language\": \"en\",
$who_is_who,
$declared"
expect resigned.wav "$both" "" "$(span)" '"resigned"' false

call angry carl agent <<<"$opening
A|4400|neutral|It is lost. You must write to us.
C*|1600|angry|Okay! Fine! I understand! I understand!
A|4000|neutral|Thank you for calling. Goodbye."
sox -R -D "$tmp/angry.wav" -e mu-law "$out/angry.wav"
sidecar angry "  \"start_time\": \"2026-03-02T11:05:00+02:00\",
  \"direction\": \"inbound\",
  \"queue\": \"parcels\",
  \"team\": \"south\",
  \"agent_id\": \"a23\",
  \"language\": \"en\",
$who_is_who,
$declared"
expect angry.wav "$both" "" "$(span)" '"angry"' false

# The recorder wrote its mono mix twice and called it stereo.
sox -R -D "$tmp/resigned.wav" "$tmp/dual.wav" remix 1,2 1,2
ffmpeg -v error -y -i "$tmp/dual.wav" -c:a libmp3lame -b:a 24k -map_metadata -1 -fflags +bitexact \
	-flags:a +bitexact -write_xing 1 "$out/dual-mono.mp3"
sidecar dual-mono "  \"language\": \"en\",
$who_is_who,
$declared"
expect dual-mono.mp3 '"mixed", "mixed"' '"dual_mono", "mono_split", "no_customer"' null null false

# The agent's side was never recorded: digital silence.
sox -R -D "$tmp/angry.wav" "$tmp/silent.wav" remix 1 0
ffmpeg -v error -y -i "$tmp/silent.wav" -c:a libopus -b:a 20k -application voip -map_metadata -1 \
	-fflags +bitexact -flags:a +bitexact "$out/silent-agent.opus"
sidecar silent-agent "  \"language\": \"en\",
$who_is_who,
$declared"
expect silent-agent.opus "$both" '"silent_channel"' "$(span)" '"any"' false

# Two employees: measures only, whatever the channels are called.
call internal colleague agent <<<'A|0|neutral|Hi, it is the parcels desk.
C|4000|neutral|Hello, I have a customer here about an order.
A|4000|neutral|What is the number?
C|4000|neutral|Four seven one two nine.
A|4800|neutral|That one is lost. Tell him to write to us.
C*|4400|angry|Okay! I understand! But he will not like it!
A|4000|neutral|I know. Goodbye.'
ffmpeg -v error -y -i "$tmp/internal.wav" -c:a libopus -b:a 20k -application voip -map_metadata -1 \
	-fflags +bitexact -flags:a +bitexact "$out/internal.opus"
sidecar internal "  \"direction\": \"internal\",
  \"parties\": [
    { \"channel\": 0, \"role\": \"agent\", \"kind\": \"internal\", \"id\": \"a31\" },
    { \"channel\": 1, \"role\": \"agent\", \"kind\": \"internal\", \"id\": \"a17\" }
  ],
  \"language\": \"en\",
$declared"
expect internal.opus '"agent", "agent"' '"internal_call"' null null false

# The disk was full: the header promises the whole call.
sox -R -D "$tmp/angry.wav" -e ima-adpcm "$tmp/whole.wav"
head -c 90000 "$tmp/whole.wav" >"$out/truncated.wav"
sidecar truncated "  \"language\": \"en\",
$who_is_who,
$declared"
expect truncated.wav "$both" '"partial"' '"any"' '"any"' true

# Hebrew, and an MP3 that is called .wav, as many systems export them.
call hebrew dana agent <<<"A|0|neutral|Shalom, how can I help you?
C|4000|neutral|שלום, החבילה שלי לא הגיעה.
A|4000|neutral|What is the order number?
C|4000|neutral|ארבע שבע אחת שתיים תשע.
A|4400|neutral|And your city, please?
C|4000|neutral|אני גרה בחיפה.
A|4800|neutral|It was sent out on Monday.
C|4000|neutral|ומתי היא תגיע אלי?
A|4400|neutral|It will come tomorrow.
C*|4400|accepting|טוב, הבנתי. תודה רבה.
A|4000|neutral|Thank you. Goodbye."
ffmpeg -v error -y -i "$tmp/hebrew.wav" -c:a libmp3lame -b:a 32k -map_metadata -1 -fflags +bitexact \
	-flags:a +bitexact -write_xing 1 -f mp3 "$out/hebrew.wav"
sidecar hebrew "  \"direction\": \"inbound\",
  \"team\": \"north\",
  \"language\": \"he\",
$who_is_who,
$declared"
expect hebrew.wav "$both" "" "$(span)" '"any"' false

printf '{\n  "schema": 1,\n  "calls": [\n%s\n  ]\n}\n' "$expected" >"$out/expected.json"
