//! The fields of a kustomization file: one module each, called as the field is.
//!
//! A field is a function that does to a layer what the field says. To add one, write its module, add
//! it to [`FIELDS`] at the place where a build applies it, and add a case to
//! `fixtures/kustomize/cases`.

use super::error::BuildError;
use super::node::Node;
use super::step::Step;

mod bases;
mod build_metadata;
mod common_annotations;
mod common_labels;
mod components;
mod config_map_generator;
mod configurations;
mod crds;
mod generator;
mod generator_options;
mod generators;
mod helm_charts;
mod images;
mod labels;
mod name_prefix;
mod name_suffix;
mod namespace;
mod openapi;
mod patches;
mod patches_json6902;
mod patches_strategic_merge;
mod replacements;
mod replicas;
mod resources;
mod secret_generator;
mod sort_options;
mod transformers;
mod validators;
pub(super) mod vars;

/// A field of a kustomization file.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Does what the field says, given its value.
    pub(super) apply: fn(&mut Step<'_, '_>, &Node) -> Result<(), BuildError>,
}

/// What a kustomization file has that is no field of a build.
pub(super) const HEAD: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// The fields, in the order in which kustomize 5.4 (kubectl 1.31) and later apply them.
pub(super) const FIELDS: [Field; 31] = [
    Field { name: "resources", apply: resources::apply },
    Field { name: "bases", apply: bases::apply },
    Field { name: "configurations", apply: configurations::apply },
    Field { name: "crds", apply: crds::apply },
    Field { name: "openapi", apply: openapi::apply },
    Field { name: "generatorOptions", apply: generator_options::apply },
    Field { name: "configMapGenerator", apply: config_map_generator::apply },
    Field { name: "secretGenerator", apply: secret_generator::apply },
    Field { name: "helmCharts", apply: helm_charts::apply },
    Field { name: "helmChartInflationGenerator", apply: helm_charts::apply_inflation },
    Field { name: "helmGlobals", apply: helm_charts::apply_globals },
    Field { name: "generators", apply: generators::apply },
    Field { name: "components", apply: components::apply },
    Field { name: "patchesStrategicMerge", apply: patches_strategic_merge::apply },
    Field { name: "patches", apply: patches::apply },
    Field { name: "namespace", apply: namespace::apply },
    Field { name: "namePrefix", apply: name_prefix::apply },
    Field { name: "nameSuffix", apply: name_suffix::apply },
    Field { name: "labels", apply: labels::apply },
    Field { name: "commonLabels", apply: common_labels::apply },
    Field { name: "commonAnnotations", apply: common_annotations::apply },
    Field { name: "patchesJson6902", apply: patches_json6902::apply },
    Field { name: "replicas", apply: replicas::apply },
    Field { name: "images", apply: images::apply },
    Field { name: "imageTags", apply: images::apply },
    Field { name: "replacements", apply: replacements::apply },
    Field { name: "transformers", apply: transformers::apply },
    Field { name: "validators", apply: validators::apply },
    Field { name: "vars", apply: vars::apply },
    Field { name: "buildMetadata", apply: build_metadata::apply },
    Field { name: "sortOptions", apply: sort_options::apply },
];
