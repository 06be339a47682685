//! What kustomize notes on a resource while it builds: what it was called before, and what has been
//! put around its name.
//!
//! It mends references to renamed objects at the very end of a build, so a transformer sees the new
//! names of objects and the old ones in references. These notes join the two, by kustomize's own
//! rule (`selectReferral` of its name reference filter).

use super::Resource;

const PREVIOUS_NAMES: &str = "internal.config.kubernetes.io/previousNames";
const PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
const SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";

/// The names that `resource` had, the one that it has now left out.
pub(super) fn previous_names<'d>(resource: &Resource<'d>) -> impl Iterator<Item = &'d str> {
    let names = resource.annotations().get(PREVIOUS_NAMES);
    let names = names.into_iter().flat_map(|names| names.entries());
    names.filter(|name| !name.is_empty() && *name != resource.id.name)
}

/// Whether the same has been put around the names of both, as far as both have been through the
/// same overlays: the ends of the lists are the outermost.
pub(super) fn is_renamed_alike(one: &Resource<'_>, other: &Resource<'_>) -> bool {
    [PREFIXES, SUFFIXES].into_iter().all(|key| {
        let list = |resource: &Resource<'_>| -> Vec<String> {
            let annotation = resource.annotations().get(key);
            annotation.map_or(Vec::new(), |own| own.value.split(',').map(str::to_owned).collect())
        };
        let (one, other) = (list(one), list(other));
        if one.is_empty() || other.is_empty() {
            return one.len() == other.len();
        }
        one.ends_with(&other) || other.ends_with(&one)
    })
}
