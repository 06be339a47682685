"""Reads manifests and prints KIND/NAME and stamp of each pod template that has one.

A reading that shares nothing with the program: PyYAML finds the stamps, not what wrote them.
"""

import sys

import yaml


def resources(document):
    """The resource itself, or the members of a List."""
    if not document:
        return []
    return document["items"] if document["kind"] == "List" else [document]


lines = []
for document in yaml.load_all(sys.stdin, yaml.BaseLoader):
    for resource in resources(document):
        template = resource.get("spec", {}).get("template", {})
        annotations = template.get("metadata", {}).get("annotations", {})
        stamp = annotations.get("rollstamp.dev/config-hash")
        if stamp:
            lines.append(f"{resource['kind']}/{resource['metadata']['name']} {stamp}")
print("\n".join(sorted(lines)))
