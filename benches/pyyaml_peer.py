#!/usr/bin/env python3
"""What a team writes for itself: the same job in a short script on PyYAML's C parser.

  pyyaml_peer.py <bundle.yaml >stamped.yaml

It knows `reloader.stakater.com/auto` and nothing else, loses comments and formatting, and proves
nothing; but it does not do more than the job, and uses the fastest parser that PyYAML has.
"""
import base64
import hashlib
import json
import sys

import yaml

KINDS = {"configMapRef": "ConfigMap", "configMapKeyRef": "ConfigMap", "configMap": "ConfigMap",
         "secretRef": "Secret", "secretKeyRef": "Secret", "secret": "Secret"}


def references(node):
    """The kind and name of every config that a part of a pod template names."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in KINDS and isinstance(value, dict):
                yield KINDS[key], value.get("name", value.get("secretName"))
            else:
                yield from references(value)


def used(pod):
    """The same of a whole pod, each once, in order."""
    containers = pod.get("initContainers", []) + pod["containers"]
    parts = [container.get(field, []) for container in containers for field in ("env", "envFrom")]
    return sorted(set(references(parts)) | set(references(pod.get("volumes", []))))


def content(config):
    """What the pods see of a config."""
    binary = config.get("data" if config["kind"] == "Secret" else "binaryData") or {}
    text = config.get("stringData" if config["kind"] == "Secret" else "data") or {}
    entries = {key: base64.b64decode(value) for key, value in binary.items()}
    entries.update((key, value.encode()) for key, value in text.items())
    return [[key, hashlib.sha256(entries[key]).hexdigest()] for key in sorted(entries)]


def stamp(workload, configs):
    """Adds the annotation to the pod template."""
    template = workload["spec"]["template"]
    namespace = workload["metadata"].get("namespace")
    found = [(kind, configs.get((kind, namespace, name))) for kind, name in used(template["spec"])]
    text = json.dumps([[kind, content(config)] for kind, config in found if config])
    metadata = template.setdefault("metadata", {})
    metadata["annotations"] = metadata.get("annotations") or {}
    metadata["annotations"]["config-hash"] = "sha256:" + hashlib.sha256(text.encode()).hexdigest()


resources = [resource for resource in yaml.load_all(sys.stdin.buffer, yaml.CSafeLoader) if resource]
configs = {}
for resource in resources:
    if resource["kind"] in KINDS.values():
        metadata = resource["metadata"]
        configs[resource["kind"], metadata.get("namespace"), metadata["name"]] = resource
for resource in resources:
    annotations = resource["metadata"].get("annotations") or {}
    if annotations.get("reloader.stakater.com/auto") == "true":
        stamp(resource, configs)
yaml.dump_all(resources, sys.stdout, yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
