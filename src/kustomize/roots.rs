//! Tells roots from what they use.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::files::join;
use super::kustomization::{Kustomization, is_kustomization_file};
use super::resolver::Resolver;

/// The fields that name other kustomization directories.
const USES: [&str; 3] = ["resources", "bases", "components"];

/// The directories of those of `files`, kustomization files, that no other of them uses: in order, each with
/// whether it is a component. A file that cannot be read is a root, so that its build says why.
pub(crate) fn roots<'p>(
    resolver: &mut Resolver<'_>,
    files: impl IntoIterator<Item = &'p str>,
) -> Vec<(Arc<str>, bool)> {
    let mut roots = BTreeSet::new();
    let mut used = BTreeSet::new();
    for file in files.into_iter().filter(|file| is_kustomization_file(file)) {
        let directory = Arc::from(file.rsplit_once('/').map_or("", |(directory, _)| directory));
        let kustomization = resolver.kustomization(&directory);
        let is_component = kustomization.as_ref().is_ok_and(|file| file.is_component);
        if let Ok(kustomization) = kustomization {
            used.extend(uses(&kustomization));
        }
        roots.insert((directory, is_component));
    }
    roots.retain(|(root, _)| !used.contains(&**root));
    roots.into_iter().collect()
}

/// The paths that `kustomization` names where directories may be named.
fn uses(kustomization: &Kustomization) -> impl Iterator<Item = String> {
    let entries = USES.iter().filter_map(|field| kustomization.root.get(field)?.items().ok());
    let paths = entries.flatten().filter_map(|entry| entry.text().ok());
    paths.filter_map(|path| join(&kustomization.directory, path))
}
