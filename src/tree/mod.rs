//! A source tree: the builds that its kustomization roots yield, and where their stamps are written.
//!
//! Each build is planned as the stream that it is once rendered, so that a stamp from source and one over
//! the output of `kubectl kustomize` cannot differ. Then the builds are compared: a workload's own file
//! takes the stamp that all builds need, and where they differ each root has a [`carrier`].

mod built;
pub(crate) mod carrier;
mod edits;
mod findings;
mod locate;
mod needs;
mod originals;
mod stream;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::edit::Edit;
use crate::error::Error;
use crate::kustomize::{self, Build, BuildError, Files, Origin, Resolver, is_kustomization_file};
use crate::options::Options;
use crate::plan::Plan;
use crate::source::Source;
use crate::stamp::Goal;

pub use carrier::FILE as CARRIER;

use built::Built;
use edits::Changed;
use needs::{Group, Home, Instance};
use originals::Originals;

/// The kustomization roots of a source tree.
pub struct Tree<'a> {
    /// Reads the files of the repository.
    pub files: &'a dyn Files,
    /// The options for whatever is written.
    pub options: &'a Options,
    /// Each is a bundle of its own.
    pub roots: Vec<Root<'a>>,
    /// What messages call the file or directory at a path of the repository.
    pub name: &'a dyn Fn(&str) -> String,
    /// Whether the file at a path of the repository may be written: what lies outside is only read.
    pub is_writable: &'a dyn Fn(&str) -> bool,
}

/// Why a tree cannot be planned.
#[derive(Debug)]
pub struct TreeError {
    /// What is wrong.
    pub error: Error,
    /// The files that its place is in one of.
    pub sources: Vec<Source<'static>>,
}

/// A kustomization root.
#[derive(Debug, Clone)]
pub struct Root<'a> {
    /// The path of its directory in the repository.
    pub directory: Arc<str>,
    /// Whether it is a component that no kustomization file uses: it may be no root, then it is passed over.
    pub is_component: bool,
    /// The options for its build.
    pub options: &'a Options,
}

/// What the builds of a tree need.
#[derive(Debug, Default)]
pub struct TreePlan {
    /// The files that the builds read and that are text, in the order of their paths.
    pub sources: Vec<Source<'static>>,
    /// The path of each source in the repository.
    pub paths: Vec<Arc<str>>,
    /// The path of each root, as messages show it, and the plan of its build. Places are in `sources`;
    /// the plans hold no edits.
    pub builds: Vec<(String, Plan)>,
    /// The edits of each source that make every stamp current.
    pub edits: Vec<Vec<Edit>>,
    /// The files to create beside kustomization files, by their paths in the repository, and their texts.
    pub created: BTreeMap<Arc<str>, String>,
    /// The numbers of the sources whose files are to be deleted.
    pub deleted: Vec<usize>,
    /// The paths in the repository of all files that the builds read.
    pub reached: BTreeSet<Arc<str>>,
}

impl Tree<'_> {
    /// Works out what every build needs, and where it is written.
    ///
    /// # Errors
    ///
    /// Returns an error if a stamp cannot be written without changing anything else.
    pub fn plan(&self, goal: Goal) -> Result<TreePlan, Box<TreeError>> {
        let mut resolver = Resolver::new(self.files);
        let builds = self.roots.iter().map(|root| resolver.build(&root.directory));
        let results: Vec<_> = builds.collect();
        let (paths, sources) = self.sources(&results);
        match self.plan_builds(results, &paths, &sources, goal) {
            Ok(plan) => Ok(TreePlan { sources, paths, ..plan }),
            Err(error) => Err(Box::new(TreeError { error, sources })),
        }
    }

    /// The plan of `builds`, without the `sources`.
    fn plan_builds(
        &self,
        builds: Vec<Result<Build, BuildError>>,
        paths: &[Arc<str>],
        sources: &[Source<'static>],
        goal: Goal,
    ) -> Result<TreePlan, Error> {
        let originals = Originals::read(paths, sources);
        let mut planned = Vec::new();
        let mut refused = Vec::new();
        for (root, build) in self.roots.iter().zip(builds) {
            match build {
                Ok(build) => planned.push(self.built(root, build, &originals, goal)?),
                // A component may only work together with others.
                Err(_) if root.is_component => {}
                Err(error) => refused.push(((self.name)(&root.directory), error)),
            }
        }
        let homes = self.homes(&planned);
        let changed = self.changes(&planned, &homes, &originals)?;
        let Changed { edits, unwritable, created, deleted } = changed;
        let reached =
            planned.iter().flat_map(|own| own.build.files_read().iter().cloned()).collect();
        let mut findings = self.findings(&planned, &homes, &originals);
        if let Some(first) = findings.first_mut() {
            first.extend(unwritable);
        }
        let builds = planned.into_iter().zip(findings);
        let builds = builds.map(|(own, findings)| (own.path, Plan { findings, ..own.plan }));
        let refused = refused.into_iter().map(|(path, error)| {
            let findings = findings::unreadable(&path, &error, &originals).into_iter().collect();
            (path, Plan { findings, ..Plan::default() })
        });
        let mut builds: Vec<_> = builds.chain(refused).collect();
        builds.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(TreePlan { builds, edits, created, deleted, reached, ..TreePlan::default() })
    }

    fn built(
        &self,
        root: &Root<'_>,
        build: Build,
        originals: &Originals<'_>,
        goal: Goal,
    ) -> Result<Built, Error> {
        Built::plan((self.name)(&root.directory), build, originals, root.options, goal)
    }

    /// The files that a place of a plan may be in, those that are text.
    fn sources(
        &self,
        builds: &[Result<Build, BuildError>],
    ) -> (Vec<Arc<str>>, Vec<Source<'static>>) {
        let carriers = self.roots.iter().map(|root| carrier::path(&root.directory).into());
        let paths: BTreeSet<Arc<str>> = builds.iter().flat_map(files_of).chain(carriers).collect();
        let read = |path: Arc<str>| {
            let bytes = self.files.read(&path).ok()?;
            let text = String::from_utf8(bytes.to_vec()).ok()?;
            let source = Source::new((self.name)(&path), text);
            Some((path, source))
        };
        paths.into_iter().filter_map(read).unzip()
    }

    /// The workloads of the files, each with what its builds need.
    fn homes<'b>(&self, built: &'b [Built]) -> Homes<'b> {
        let mut groups = BTreeMap::<_, Group>::new();
        for (number, one) in built.iter().enumerate() {
            for workload in 0..one.plan.workloads.len() {
                let Some(key) = one.origin(workload).and_then(OriginKey::of) else { continue };
                let instance = Instance { build: number, workload };
                let need = one.need(workload);
                groups.entry(key).or_default().instances.push((instance, need));
            }
        }
        let home = |(key, group): (OriginKey<'b>, Group)| {
            let home = group.home((self.is_writable)(key.file));
            (key, (group, home))
        };
        groups.into_iter().map(home).collect()
    }
}

/// Every file that may be shown for a build.
fn files_of(build: &Result<Build, BuildError>) -> BTreeSet<Arc<str>> {
    let build = match build {
        Ok(build) => build,
        Err(error) => return BTreeSet::from([error.file.clone()]),
    };
    let origins = build.resources.iter().flat_map(|resource| resource.origins());
    let origins = origins.map(|origin| {
        let (Origin::Document { file, .. } | Origin::Generator { file, .. }) = origin;
        file.clone()
    });
    let unknown = build.unknown.iter().map(|unknown| unknown.file.clone());
    let notes = build.notes.iter().map(|note| note.file.clone());
    let kustomizations = build.files_read().iter().filter(|file| is_kustomization_file(file));
    origins.chain(unknown).chain(notes).chain(kustomizations.cloned()).collect()
}

/// The workloads of the files, what their builds need, and where that is written.
type Homes<'b> = BTreeMap<OriginKey<'b>, (Group, Home)>;

/// What tells a resource of the files from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct OriginKey<'b> {
    file: &'b str,
    document: usize,
    items: &'b [usize],
}

impl<'b> OriginKey<'b> {
    fn of(origin: &'b Origin) -> Option<Self> {
        let Origin::Document { file, document, items, .. } = origin else { return None };
        Some(Self { file, document: *document, items })
    }
}

/// A kustomization root that was found in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRoot {
    /// The path of its directory in the repository.
    pub directory: Arc<str>,
    /// Whether its file is a component.
    pub is_component: bool,
}

/// The roots among the kustomization files at `paths` of the repository: those that no other one uses.
pub fn roots<'p>(files: &dyn Files, paths: impl IntoIterator<Item = &'p str>) -> Vec<FoundRoot> {
    let found = kustomize::roots(&mut Resolver::new(files), paths).into_iter();
    found.map(|(directory, is_component)| FoundRoot { directory, is_component }).collect()
}

/// The edits after which the kustomization file `source` does not list the carrier beside it, whose text is
/// `carrier`; none if that is a file of the user's.
///
/// # Errors
///
/// Returns an error if the list cannot be edited without changing anything else.
pub fn strip_carrier(source: &Source<'_>, carrier: &str) -> Result<Option<Vec<Edit>>, Error> {
    if !carrier::is_carrier(carrier) {
        return Ok(None);
    }
    let sources = std::slice::from_ref(source);
    let originals = Originals::read(&[Arc::from(source.name())], sources);
    edits::list(&originals, 0, false).map(Some)
}
