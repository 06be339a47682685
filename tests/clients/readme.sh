# READMEs whose commands run. Source it behind lib.sh.
# shellcheck shell=bash disable=SC2154 # lib.sh sets root and scratch

# The program by its name, for READMEs and for clients that look it up.
mkdir -p "$scratch/bin"
ln -sf "$(realpath "$ROLLSTAMP")" "$scratch/bin/rollstamp"
export PATH=$scratch/bin:$PATH

# tree NAME: a folder with copies of what the commands of READMEs are typed beside.
tree() {
    mkdir "$scratch/$1"
    cp -r "$root/examples" "$root/integrations" "$scratch/$1"
}

# play README [SECTION]: what its commands print here is what it shows, see readme.py.
play() {
    local played
    played=$(python3 "$root/tests/clients/readme.py" "$root/$1" . "${@:2}") || fail "$1 must be current"
    [ "$played" -gt 0 ] || fail "$1 must show the output of a command"
}
