//! The edits of a tree: stamps in the files of workloads, and carriers beside kustomization files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::carrier::{self, Entry};
use super::originals::Originals;
use super::{Built, Homes, Tree};
use crate::edit::verify::{Change, Changes, Judge};
use crate::edit::writer::Writer;
use crate::edit::{Edit, apply};
use crate::error::{Error, Problem};
use crate::finding::Finding;
use crate::kustomize::is_kustomization_file;
use crate::model::{ResourceSet, Workload};
use crate::options::Overlays;
use crate::plan::WorkloadPlan;
use crate::planner::{Horizon, Planner};
use crate::stamp::{Goal, State};
use crate::tree::needs::{Home, Need};

/// What is written into a tree.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// The edits of each source.
    pub(super) edits: Vec<Vec<Edit>>,
    /// What is found about stamps that cannot be written.
    pub(super) unwritable: Vec<Finding>,
    /// The carriers to create, by their paths.
    pub(super) created: BTreeMap<Arc<str>, String>,
    /// The numbers of the sources that are carriers to delete.
    pub(super) deleted: Vec<usize>,
}

impl Tree<'_> {
    /// What has to be written so that every build has the stamps that it needs.
    ///
    /// # Errors
    ///
    /// Returns an error if a stamp cannot be written without changing anything else.
    pub(super) fn changes(
        &self,
        built: &[Built],
        homes: &Homes<'_>,
        originals: &Originals<'_>,
    ) -> Result<Changed, Error> {
        let mut changed = self.stamps(built, homes, originals)?;
        for (directory, entries) in self.carried(built, homes) {
            carry(&directory, &entries, originals, &mut changed)?;
        }
        Ok(changed)
    }

    /// The edits of the workloads' own files.
    fn stamps(
        &self,
        built: &[Built],
        homes: &Homes<'_>,
        originals: &Originals<'_>,
    ) -> Result<Changed, Error> {
        let documents = &originals.documents;
        let (resources, _) = ResourceSet::collect(documents, self.options);
        let horizon = Horizon::default();
        let (sources, options) = (originals.sources, self.options);
        let planner = Planner { sources, options, resources: &resources, horizon: &horizon };
        let homes = homes.iter().filter_map(|(key, (group, home))| {
            let (source, node) = originals.find(key.file, key.document, key.items)?;
            let is_left_over = group.instances.iter().any(|(instance, _)| {
                built[instance.build].plan.workloads[instance.workload].stamp.state == State::Extra
            });
            Some(((source, node.span().start), (home, is_left_over)))
        });
        let homes: BTreeMap<_, _> = homes.collect();
        let plans = resources.workloads.iter().map(|workload| {
            let place = (workload.resource.source, workload.resource.node.span().start);
            plan_of_file(&planner, workload, homes.get(&place).copied())
        });
        let plans: Vec<_> = plans.collect();
        let mut changed = Changed::default();
        for (source, documents) in documents.iter().enumerate() {
            let (edits, unwritable) = planner.edits(source, documents, &plans, Goal::Stamp)?;
            changed.edits.push(edits);
            changed.unwritable.extend(unwritable);
        }
        Ok(changed)
    }

    /// What the carrier of each root has to hold; nothing for directories that have one and are no root
    /// any more.
    fn carried(&self, built: &[Built], homes: &Homes<'_>) -> BTreeMap<Arc<str>, BTreeSet<Entry>> {
        let mut carried = BTreeMap::<Arc<str>, BTreeSet<Entry>>::new();
        for file in built.iter().flat_map(|one| one.build.files_read()) {
            if let Some(directory) = directory_of_carrier(file).filter(|_| (self.is_writable)(file))
            {
                carried.entry(Arc::from(directory)).or_default();
            }
        }
        if self.options.overlays == Overlays::Transform {
            for (group, _) in homes.values().filter(|(_, home)| *home == Home::Roots) {
                for (instance, need) in &group.instances {
                    let one = &built[instance.build];
                    if let Need::Stamp(stamp) = need {
                        let entries = carried.entry(one.build.root.clone()).or_default();
                        entries.insert(entry(one, instance.workload, stamp));
                    }
                }
            }
        }
        carried
    }
}

/// The plan of a workload as it stands in its file: what the file is to hold.
fn plan_of_file(
    planner: &Planner<'_>,
    workload: &Workload<'_>,
    home: Option<(&Home, bool)>,
) -> WorkloadPlan {
    match home {
        Some((Home::File(Need::Stamp(stamp)), _)) => planner.plan_with(workload, Some(stamp)),
        Some((Home::File(Need::Variables(variables)), _)) => {
            planner.plan_with_variables(workload, variables)
        }
        Some((Home::File(Need::None), true)) => planner.plan_with(workload, None),
        Some((Home::Roots, _)) if planner.options.overlays == Overlays::Transform => {
            planner.plan_with(workload, None)
        }
        _ => planner.plan_without(workload),
    }
}

/// Writes or deletes the carrier in `directory`, and lists it or not.
fn carry(
    directory: &str,
    entries: &BTreeSet<Entry>,
    originals: &Originals<'_>,
    changed: &mut Changed,
) -> Result<(), Error> {
    let path: Arc<str> = carrier::path(directory).into();
    let new = (!entries.is_empty()).then(|| carrier::text(entries));
    let old = originals.number(&path);
    let old_text = old.map(|source| originals.sources[source].text());
    let kustomization = originals.paths().find(|(path, _)| {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        is_kustomization_file(path) && parent == directory
    });
    let Some((_, source)) = kustomization else { return Ok(()) };
    if old_text.is_some_and(|text| !carrier::is_carrier(text)) {
        if new.is_none() {
            return Ok(());
        }
        let message = format!("`{}` is not a file that rollstamp has written", carrier::FILE);
        let problem = Problem::new(0..0, message, "rename it: stamps go into a file of this name");
        return Err(problem.in_source(old.unwrap_or(source), originals.sources));
    }
    changed.edits[source] = list(originals, source, new.is_some())?;
    match (old, new) {
        (None, None) => {}
        (None, Some(new)) => _ = changed.created.insert(path, new),
        (Some(old), None) => changed.deleted.push(old),
        (Some(old), Some(new)) => {
            let text = originals.sources[old].text();
            let edit = (text != new).then(|| Edit::replacement(0..text.len(), new));
            changed.edits[old].extend(edit);
        }
    }
    Ok(())
}

/// The edits after which the kustomization file that is source number `source` lists the carrier, or does
/// not.
pub(super) fn list(
    originals: &Originals<'_>,
    source: usize,
    is_listed: bool,
) -> Result<Vec<Edit>, Error> {
    let text = originals.sources[source].text();
    let in_source = |problem: Problem| problem.in_source(source, originals.sources);
    let documents = &originals.documents[source];
    let Some((document, root)) = documents.first().and_then(|own| Some((own, own.root()?))) else {
        return Ok(Vec::new());
    };
    let writer = Writer { text };
    let edits = if is_listed {
        writer.add_transformer(root, carrier::FILE)
    } else {
        writer.remove_transformer(root, carrier::FILE)
    };
    let edits = edits.map_err(in_source)?;
    let changes =
        Changes::from([((0, root.id()), Change::Transformer { file: carrier::FILE, is_listed })]);
    let judge = Judge { key: "", changes: &changes };
    let documents: Vec<_> = documents.iter().collect();
    if edits.is_empty() || judge.approves(&documents, text, &apply(text, &edits)) {
        return Ok(edits);
    }
    let message = "the edit would change more than `transformers`, so nothing is written";
    let help = "this is a bug in rollstamp: please report it with the file";
    Err(in_source(Problem::new(document.extent.start..document.extent.start, message, help)))
}

fn directory_of_carrier(file: &str) -> Option<&str> {
    let (directory, name) = file.rsplit_once('/').unwrap_or(("", file));
    (name == carrier::FILE).then_some(directory)
}

fn entry(built: &Built, workload: usize, stamp: &str) -> Entry {
    let plan = &built.plan.workloads[workload];
    let namespace = &built.resource(workload).id().namespace;
    Entry {
        namespace: Some(namespace.to_string()).filter(|namespace| !namespace.is_empty()),
        api_version: plan.id.gvk.api_version(),
        kind: plan.id.gvk.kind.clone(),
        name: plan.id.name.clone(),
        template_path: plan.template_path.clone(),
        annotation: plan.stamp.annotation.clone(),
        stamp: stamp.to_owned(),
    }
}
