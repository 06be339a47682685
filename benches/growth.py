#!/usr/bin/env python3
"""How the instructions grow with the input: n, 4n and 16n of each shape that once grew faster than it.

  growth.py [--quick] [SHAPE...]

--quick           n and 4n only, and a smaller n: what CI runs
ROLLSTAMP         the program to measure; target/release/rollstamp without it
REQUIRE_CLIENTS   if it is set, it is a failure that valgrind is missing

Instructions are counted by callgrind, those of an empty bundle taken away: so n can be small, and
what else the machine does makes no difference. What grows with the input makes ratios of about 4.
Prints a line for each shape, and fails if a ratio is more than 5.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

MOST = 5.0
# Shapes that still grow faster, each with the reason: said in every run, and not forgotten.
OPEN = {
    "regular expressions that match nothing, configs": "each expression is tried on every name, and on every near one",
    "codes that are allowed and none": "each unknown code is a finding of its own that shows the whole line",
}
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def lines(template, count):
    """`template` for each number below `count`: `#` stands for the number."""
    return "".join(template.replace("#", f"{number:05}") for number in range(count))


def config(name, data="{a: b}", annotations="{}"):
    return (f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, annotations: {annotations}}}\n"
            f"data: {data}\n---\n")


def configs(count, **fields):
    return lines(config("config-#", **fields), count)


def workload(containers="[{name: a, image: b}]", annotations="", template="", name="web"):
    """A Deployment that tracks what it refers to, unless it is given annotations; each ends a line."""
    annotations = annotations or "    reloader.stakater.com/auto: 'true'\n"
    return (f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  annotations:\n{annotations}"
            f"spec:\n  template:\n    metadata:\n      annotations:\n        a: b\n{template}"
            f"    spec:\n      containers: {containers}\n---\n")


def listing(template, count, key="configmap.reloader.stakater.com/reload"):
    """An annotation whose value is a list."""
    return f"    {key}: \"{lines(template + ',', count).rstrip(',')}\"\n"


def env_from(name, count):
    return "\n      - name: a\n        envFrom:\n" + lines(f"        - configMapRef: {{name: {name}}}\n", count)


def env(key, count):
    reference = f"valueFrom: {{configMapKeyRef: {{name: config, key: {key}}}}}"
    return "\n      - name: a\n        env:\n" + lines(f"        - {{name: V#, {reference}}}\n", count)


def keys(count):
    return "\n" + lines("  key-#: b\n", count)


def one_line(count):
    workloads = ('{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web-#","annotations":'
                 '{"reloader.stakater.com/auto":"true"}},"spec":{"template":{"spec":{"containers":'
                 '[{"envFrom":[{"configMapRef":{"name":"config"}}]}]}}}}')
    config = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"config"},"data":{"a":"b"}}'
    items = [workloads.replace("#", f"{number:05}") for number in range(count)]
    return f'{{"apiVersion":"v1","kind":"List","items":[{",".join([config, *items])}]}}\n'


def previous(names):
    return "{internal.config.kubernetes.io/previousNames: '" + names + "'}"


def merges(count):
    pairs = "x: {x: &a {a: b}}\ny: {<<: [" + ",".join(["*a"] * count) + "]}\n"
    return config("config") + workload(env_from("config", 1)).replace("---\n", pairs)


def aliases(count):
    variable = "{name: V#, valueFrom: {configMapKeyRef: {name: config, key: a}}}, "
    containers = f"[&c {{name: a, env: [{lines(variable, count)}]}}{', *c' * count}]"
    return config("config") + workload(containers)


CHECK, TEXT, JSON = ["check"], ["explain"], ["explain", "--output", "json"]
VARIABLES = ["--strategy", "env-vars"]
EXTRA = "wave.pusher.com/extra-configmaps"
EXCLUDE = "configmaps.exclude.reloader.stakater.com/reload"
WAVE = "    wave.pusher.com/update-on-config-change: 'true'\n"
AUTO = "    reloader.stakater.com/auto: 'true'\n"

# The name, the arguments, n, and what makes the bundle.
SHAPES = [
    ("one line of JSON, check", CHECK, 100, one_line),
    ("one line of JSON, explain as JSON", JSON, 100, one_line),
    ("one line of JSON, JUnit", ["check", "--output", "junit"], 100, one_line),
    ("explain with findings", TEXT, 100,
     lambda n: lines(workload(env_from("config-#", 1).replace("#", "@"), name="web-@").replace("@", "#"), n)),
    ("dangling configs, configs", CHECK, 150, lambda n: configs(n) + workload(env_from("konfig-x#", n))),
    ("list entries that match nothing, configs", CHECK, 150,
     lambda n: configs(n) + workload(annotations=listing("konfig-x#", n))),
    ("dangling keys, keys", CHECK, 150, lambda n: config("config", keys(n)) + workload(env("kez-x#", n))),
    ("key references, keys", CHECK, 400, lambda n: config("config", keys(n)) + workload(env("key-#", n))),
    ("previous names of one config", CHECK, 150,
     lambda n: config("config", annotations=previous(lines("old-#,", n))) + workload(env_from("old-#", n))),
    ("configs of one previous name", CHECK, 25,
     lambda n: configs(n, annotations=previous("old")) + workload(env_from("old", n))),
    ("configs of one previous name, workloads", CHECK, 25,
     lambda n: configs(n, annotations=previous("old")) + lines(workload(env_from("old", 1), name="web-#"), n)),
    ("regular expressions that match, configs", CHECK, 40,
     lambda n: configs(n) + workload(annotations=listing("config-#.*", n))),
    ("regular expressions that match nothing, configs", CHECK, 40,
     lambda n: configs(n) + workload(annotations=listing("konfig-#.*", n))),
    ("listed", CHECK, 200, lambda n: configs(n) + workload(annotations=listing("config-#", n))),
    ("excluded", CHECK, 200,
     lambda n: configs(n) + workload(env_from("config-#", n), AUTO + listing("config-#", n, EXCLUDE))),
    ("Wave's extras", CHECK, 200, lambda n: configs(n) + workload(annotations=WAVE + listing("config-#", n, EXTRA))),
    ("duplicate configs, key references", CHECK, 150,
     lambda n: lines(config("config"), n) + workload(env("a", n))),
    ("duplicate configs, workloads", CHECK, 100,
     lambda n: lines(config("config"), n) + lines(workload(env("a", 1), name="web-#"), n)),
    ("merge keys", CHECK, 500, merges),
    ("codes that are allowed and none", CHECK, 100,
     lambda n: config("config") + workload(env_from("config", 1), AUTO + listing("no-#", n, "rollstamp.dev/allow"))),
    ("codes that are allowed, findings", CHECK, 100,
     lambda n: workload(env_from("config-#", n),
                        AUTO + listing("stale-stamp", n, "rollstamp.dev/allow"))),
    ("containers, env-vars", ["check", *VARIABLES], 100,
     lambda n: configs(n) + workload("\n" + lines("      - {name: c#, envFrom: [{configMapRef: {name: config-#}}]}\n", n))),
    ("tracked, env-vars", ["check", *VARIABLES], 100, lambda n: configs(n) + workload(env_from("config-#", n))),
    ("left over, env-vars", ["check", *VARIABLES], 200,
     lambda n: config("config") + workload(env_from("config", 1) + "        env:\n"
                                           + lines("        - {name: STAKATER_A#_CONFIGMAP, value: b}\n", n))),
    ("template annotations", CHECK, 300,
     lambda n: config("config") + workload(env_from("config", 1), AUTO + lines("    a/b#: c\n", n),
                                           lines("        a/b#: c\n", n))),
    ("annotations near known ones", CHECK, 100,
     lambda n: config("config") + workload(env_from("config", 1), AUTO + lines("    reloader.stakater.com/aut#: c\n", n))),
    ("aliased containers, env", CHECK, 50, aliases),
]


def count(program, arguments, text, scratch):
    """The instructions of one run over a bundle of `text`."""
    bundle = os.path.join(scratch, "bundle.yaml")
    with open(bundle, "w", encoding="utf-8") as file:
        file.write(text)
    command = [shutil.which("valgrind"), "--tool=callgrind", "--callgrind-out-file=/dev/null",
               program, "--no-config", "--threads", "1", *arguments, bundle]
    # Without the environment, whose size is seen in the count.
    ended = subprocess.run(command, env={}, cwd=scratch, capture_output=True, text=True, check=False)
    collected = re.search(r"^==\d+== Collected : (\d+)$", ended.stderr, re.MULTILINE)
    # 2 is a refusal, which must not take long either.
    if ended.returncode not in (0, 1, 2) or not collected:
        sys.exit(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stderr[-2000:]}")
    return int(collected[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("shape", nargs="*")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("skipped growth.py: missing: valgrind")
        sys.exit(1 if os.environ.get("REQUIRE_CLIENTS") else 0)
    program = os.path.abspath(os.environ.get("ROLLSTAMP", f"{ROOT}/target/release/rollstamp"))
    failed, empty = [], {}
    wanted = [shape for shape in SHAPES if not options.shape or shape[0] in options.shape]
    with tempfile.TemporaryDirectory() as scratch:
        for name, arguments, size, make in wanted:
            sizes = [size, 4 * size] if options.quick else [size, 4 * size, 16 * size]
            key = tuple(arguments)
            if key not in empty:
                empty[key] = count(program, arguments, "", scratch)
            counts = [count(program, arguments, make(size), scratch) - empty[key] for size in sizes]
            ratios = [after / before for before, after in zip(counts, counts[1:])]
            if max(ratios) > MOST and name not in OPEN:
                failed.append(name)
            millions = " ".join(f"{instructions / 1e6:9.1f}" for instructions in counts)
            print(f"{name:<48} {size:>4} {millions}   {' '.join(f'{ratio:5.1f}' for ratio in ratios)}", flush=True)
    if failed:
        sys.exit(f"FAILED growth.py: more than {MOST} times the instructions for 4 times the input: {'; '.join(failed)}")
    for name in OPEN:
        print(f"open: {name}: {OPEN[name]}")
    print(f"ok growth.py: {len(wanted)} shapes, {len(OPEN)} of them open")


if __name__ == "__main__":
    main()
