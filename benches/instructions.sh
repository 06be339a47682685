#!/usr/bin/env bash
# The instructions that the filter takes at N = 100, against the number in benches/instructions.txt:
# seconds differ from hour to hour, instructions by less than a hundredth of a percent. Fails if there
# are more than 5 % more.
#
# UPDATE            if it is set, the number is recorded
# REQUIRE_CLIENTS   if it is set, it is a failure that valgrind is missing
#
# Valgrind's processor has no instructions for SHA, so hashing counts for more here than it takes.
# Another compiler makes other instructions, and a processor without AVX2 is given others: record anew.
# shellcheck source=../tests/clients/lib.sh
. "$(dirname "$0")/../tests/clients/lib.sh"

valgrind=$(command -v valgrind) || skip valgrind
command -v python3 >/dev/null || skip python3
record=$root/benches/instructions.txt

"$root/benches/gen_bundle.py" -n 100 -o "$scratch/bundle.yaml"
# Without the environment, whose size is seen in the count.
run env -i "$valgrind" --tool=callgrind --callgrind-out-file=/dev/null \
    "$ROLLSTAMP" --no-config --threads 1 <"$scratch/bundle.yaml"
case_is "the filter at N = 100"
status_is 0
grep -q 'rollstamp.dev/config-hash: "sha256:' "$scratch/stdout" || fail "there must be stamps"
now=$(sed -n 's/^==[0-9]*== Collected : //p' "$scratch/stderr")

if [ -n "${UPDATE:-}" ]; then
    echo "$now" >"$record"
fi
was=$(cat "$record")
change=$(awk -v now="$now" -v was="$was" 'BEGIN { printf "%+.2f %%", 100 * (now / was - 1) }')
if ((now * 100 > was * 105)); then
    fail "$now instructions, $change; they must be at most 5 % more than $was, or \`UPDATE=1 $0\` with a reason"
fi
if ((now * 100 < was * 95)); then
    echo "fewer than recorded: lower the record with \`UPDATE=1 $0\`"
fi
passed "$now instructions, $change"
