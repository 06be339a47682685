"""Prints the rollstamp commands of a workflow, a GitLab job or a plugin of Argo CD."""

import sys

import yaml

file = yaml.safe_load(open(sys.argv[1]))
if file.get("kind") == "ConfigManagementPlugin":
    (command,) = file["spec"]["generate"]["args"]
    commands = [command]
elif "jobs" in file:
    commands = [step.get("run", "") for job in file["jobs"].values() for step in job["steps"]]
else:
    commands = file["rollstamp"]["script"]
commands = [command for command in commands if "rollstamp" in command and "cargo" not in command]
print("\n".join(commands) or sys.exit("there is no command"))
