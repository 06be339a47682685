"""flux.py FILE...: holds resources of Flux to the schemas of its CustomResourceDefinitions.

The models are generated from them. They take fields that there are not, as the API server does
after a warning; here that is an error.
"""

import sys

import jsonschema
import yaml
from cloudcoil.models.fluxcd import kustomize, source

MODELS = {
    "kustomize.toolkit.fluxcd.io/v1": kustomize.v1,
    "source.toolkit.fluxcd.io/v1": source.v1,
}


def strict(schema):
    """The schema, and no field beyond those that it names."""
    for part in [schema, *schema.get("$defs", {}).values()]:
        if "properties" in part:
            part["additionalProperties"] = False
    return schema


count = 0
for path in sys.argv[1:]:
    for resource in yaml.safe_load_all(open(path)):
        model = getattr(MODELS[resource["apiVersion"]], resource["kind"])
        jsonschema.validate(resource, strict(model.model_json_schema(by_alias=True)))
        count += 1
print(count)
