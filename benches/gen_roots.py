#!/usr/bin/env python3
"""Writes a kustomize source tree: one base, and many roots over it.

  gen_roots.py --roots 1000 --files 50 OUT

The base has a Deployment or a ConfigMap in each file, every Deployment with `auto` and a ConfigMap that
it uses. Each root moves the base into a namespace of its own, puts a prefix before its names, and changes
a value of one ConfigMap in a patch.
"""
import argparse
import pathlib

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  labels: {{app: app-{n}}}
  annotations:
    reloader.stakater.com/auto: "true"
spec:
  replicas: 2
  selector:
    matchLabels: {{app: app-{n}}}
  template:
    metadata:
      labels: {{app: app-{n}}}
    spec:
      containers:
        - name: app
          image: registry.example/app-{n}:1.0
          ports: [{{containerPort: 8080}}]
          envFrom:
            - configMapRef: {{name: config-{n}}}
          resources:
            limits: {{cpu: 500m, memory: 256Mi}}
            requests: {{cpu: 100m, memory: 128Mi}}
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: config-{n}
data:
  LEVEL: info
  URL: https://app-{n}.example/
  settings.yaml: |
    workers: {n}
    timeout: 30s
"""
ROOT = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: tenant-{n}
namePrefix: t{n}-
resources:
  - ../../base
patches:
  - target: {{kind: ConfigMap, name: config-0}}
    patch: |-
      - {{op: replace, path: /data/LEVEL, value: debug-{n}}}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--roots", type=int, default=1000)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    base = arguments.out / "base"
    base.mkdir(parents=True)
    names = []
    for number in range(arguments.files):
        kind, text = (CONFIG, "config") if number % 2 else (DEPLOYMENT, "app")
        names.append(f"{text}-{number // 2}.yaml")
        (base / names[-1]).write_text(kind.format(n=number // 2))
    resources = "".join(f"  - {name}\n" for name in names)
    (base / "kustomization.yaml").write_text(f"resources:\n{resources}")
    for number in range(arguments.roots):
        root = arguments.out / "roots" / f"t{number}"
        root.mkdir(parents=True)
        (root / "kustomization.yaml").write_text(ROOT.format(n=number))


main()
