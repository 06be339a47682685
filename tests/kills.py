#!/usr/bin/env python3
"""Kills `rollstamp stamp` at random moments and looks at what it leaves.

  kills.py PROGRAM [KILLS] [FILES]

After each kill every file must be as it was or as it will be, byte for byte, and after SIGINT and SIGTERM no
temporary file may be left. Then a second run must complete the work and clear what SIGKILL has left. At most 256
files may be open at a time.
"""
import collections
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {PORT: '80'}\n"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-%d
  annotations: {reloader.stakater.com/auto: "true"}
spec:
  template:
    spec:
      containers: [{name: web, envFrom: [{configMapRef: {name: settings}}]}]
"""
SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
program = os.path.abspath(sys.argv[1])
kills, files = (int(word) for word in (sys.argv[2:] + ["200", "5000"][len(sys.argv) - 2:])[:2])


def start(folder):
    limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    return subprocess.Popen([program, "stamp", "--no-config", "--quiet", folder], preexec_fn=limit)


def complete(folder):
    begin = time.monotonic()
    assert start(folder).wait() == 0, "a run that nobody kills must succeed"
    return time.monotonic() - begin


def read(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "config.yaml").write_text(CONFIG_MAP)
        for number in range(files):
            (folder / f"{number}.yaml").write_text(DEPLOYMENT % number)
        old = read(folder)
        duration = complete(folder)
        new = read(folder)
        assert sum(old[path] != new[path] for path in old) == files
        outcomes, left = collections.Counter(), 0
        for turn in range(kills):
            for path, text in old.items():
                (folder / path).write_bytes(text)
            # The files are put in place at the end: half of the kills are meant for that moment.
            moment = random.uniform(0, 1.1) if turn % 2 else random.uniform(0.8, 1.1)
            own = SIGNALS[turn % len(SIGNALS)]
            run = start(folder)
            time.sleep(moment * duration)
            run.send_signal(own)
            run.wait()
            found = read(folder)
            temporary = [path for path in found if path.startswith(".rollstamp-")]
            assert own == signal.SIGKILL or not temporary, f"{own.name} leaves {temporary[:3]}"
            for path in temporary:
                del found[path]
                # As if the kill were long ago.
                os.utime(folder / path, (0, 0))
            assert found.keys() == old.keys(), "no file may come or go"
            torn = [path for path in old if found[path] not in (old[path], new[path])]
            assert not torn, f"neither old nor new: {torn[:3]}"
            written = sum(found[path] == new[path] for path in old) - 1
            outcomes["none" if written == 0 else "all" if written == files else "some"] += 1
            left += bool(temporary)
            complete(folder)
            assert read(folder) == new, "a second run must complete the work and clear what is left"
        print(f"{kills} kills over {files} files: " + ", ".join(
            f"{count} with {outcome} written" for outcome, count in sorted(outcomes.items()))
            + f"; {left} left temporary files, all cleared; 0 files torn")


main()
