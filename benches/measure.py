#!/usr/bin/env python3
"""Measures commands against each other.

  measure.py --runs 5 'new=rollstamp --no-config <b.yaml' 'old=kpt fn source d | kpt fn sink out'

Runs the first command once, the second once, ..., and all of them again, so that a machine that gets
slower meanwhile is slower for all. One more round comes first, which is not counted: it fills the
page cache. Prints a line for each command, with tabs: the name, the medians of CPU seconds (user and
system), wall seconds and peak memory in bytes, and the number of runs.

A command is split as a shell does, but no shell runs: `|` is a pipe, `<FILE` is standard input, and
`*` stands for files, in order. What it prints is thrown away. Of a pipeline, the CPU is that of all
processes, their children included, and the peak that of the largest one. A process is never seen to
have less memory than this script has, about 15 MiB.
"""
import argparse
import glob
import os
import shlex
import shutil
import statistics
import sys
import tempfile
import time


def stages(command):
    """The programs of a pipeline with their arguments, and the file for its standard input."""
    found, source = [[]], os.devnull
    for word in shlex.split(command):
        if word == "|":
            found.append([])
        elif word.startswith("<"):
            source = word[1:]
        else:
            found[-1] += sorted(glob.glob(word)) if "*" in word else [word]
    return found, source


def run(command, errors):
    """One run: CPU seconds, wall seconds, peak bytes."""
    programs, source = stages(command)
    errors.seek(0)
    errors.truncate()
    begin, pids = time.perf_counter(), []
    stdin = os.open(source, os.O_RDONLY)
    for index, program in enumerate(programs):
        if index + 1 < len(programs):
            following, stdout = os.pipe()
        else:
            following, stdout = None, os.open(os.devnull, os.O_WRONLY)
        actions = [(os.POSIX_SPAWN_DUP2, stdin, 0), (os.POSIX_SPAWN_DUP2, stdout, 1),
                   (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)]
        # Not fork: a copy of this script's page tables would be a part of what is measured.
        pids.append(os.posix_spawnp(program[0], program, os.environ, file_actions=actions))
        os.close(stdin)
        os.close(stdout)
        stdin = following
    ended = [os.wait4(pid, 0)[1:] for pid in pids]
    wall = time.perf_counter() - begin
    if any(status for status, _ in ended):
        errors.seek(0)
        sys.exit(f"measure.py: this failed: {command}\n{errors.read(2000).decode(errors='replace')}")
    usages = [usage for _, usage in ended]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return cpu, wall, max(usage.ru_maxrss for usage in usages) * 1024


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-warm-up", action="store_true", help="count from the first round on")
    parser.add_argument("--fresh", metavar="DIR", help="remove it before each run")
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    arguments = parser.parse_args()
    commands = dict(command.split("=", 1) for command in arguments.commands)
    taken = {name: [] for name in commands}
    with tempfile.TemporaryFile() as errors:
        for turn in range(arguments.no_warm_up, arguments.runs + 1):
            for name, command in commands.items():
                if arguments.fresh:
                    shutil.rmtree(arguments.fresh, ignore_errors=True)
                measured = run(command, errors)
                if turn > 0:
                    taken[name].append(measured)
    for name, runs in taken.items():
        cpus, walls, peaks = zip(*runs)
        cpu, wall, peak = map(statistics.median, (cpus, walls, peaks))
        print(f"{name}\t{cpu:.6f}\t{wall:.6f}\t{peak:.0f}\t{len(runs)}")


main()
