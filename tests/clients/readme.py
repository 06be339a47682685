"""readme.py README FOLDER [SECTION]: runs the commands that a README shows.

Each block ```sh that an output block follows must print that, both streams together, when it is run
in FOLDER. With a SECTION, only the blocks under that heading are run. With UPDATE set, what is
printed is written into the README. Prints how many blocks were run.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys

readme, folder, section = (sys.argv + [""])[1:4]
text = open(readme).read()
programs = os.path.dirname(shutil.which("rollstamp"))
count = 0


def play(block):
    global count
    count += 1
    command = ["bash", "-c", block["command"]]
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # Some clients name the program by its path: the README shows where users have it.
    printed = run.stdout.decode().replace(programs, "/usr/local/bin").strip("\n") + "\n"
    if printed != block["shown"] and "UPDATE" not in os.environ:
        sys.stderr.write(f"{readme} shows another output than this prints:\n{block['command']}")
        lines = [output.splitlines(keepends=True) for output in (block["shown"], printed)]
        sys.stderr.writelines(difflib.unified_diff(*lines, "shown", "printed"))
        sys.exit(1)
    return f"```sh\n{block['command']}```\n\n```{block['language']}\n{printed}```\n"


pair = r"^```sh\n(?P<command>(?:(?!```).*\n)*?)```\n\n```(?P<language>[a-z]+)\n(?P<shown>(?:.*\n)*?)```\n"
parts = re.split(r"^(?=## )", text, flags=re.M)
for index, part in enumerate(parts):
    if not section or part.startswith(f"## {section}\n"):
        parts[index] = re.sub(pair, play, part, flags=re.M)
if "UPDATE" in os.environ:
    open(readme, "w").write("".join(parts))
print(count)
