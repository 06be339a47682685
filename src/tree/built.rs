//! One build of a tree as a bundle of its own.

use crate::error::Error;
use crate::kustomize::{Build, Origin, Resource, Touches};
use crate::options::Options;
use crate::plan::{Plan, WorkloadPlan};
use crate::planner::{Horizon, parse, plan_documents};
use crate::source::{Place, Source};
use crate::stamp::Goal;
use crate::yaml::Document;

use super::locate::locate;
use super::needs::Need;
use super::originals::Originals;
use super::stream::Stream;

/// A build, and what its workloads need.
#[derive(Debug)]
pub(super) struct Built {
    /// The directory of its kustomization file, as messages show it.
    pub(super) path: String,
    pub(super) build: Build,
    /// Its places are in the files of the tree.
    pub(super) plan: Plan,
    /// For each workload of the plan, the number of its resource.
    resources: Vec<usize>,
}

impl Built {
    /// Plans `build` as the stream that it is once rendered.
    ///
    /// # Errors
    ///
    /// As for [`plan`](crate::plan()).
    pub(super) fn plan(
        path: String,
        build: Build,
        originals: &Originals<'_>,
        options: &Options,
        goal: Goal,
    ) -> Result<Self, Error> {
        let stream = Stream::of(&build);
        let sources = [Source::new(&*path, &*stream.text)];
        let horizon = horizon(&build, &stream);
        let (documents, unreadable) = parse(&sources, options);
        let plan = plan_documents(&sources, &documents, unreadable, options, goal, &horizon);
        let mut plan = plan?;
        let number = |at: usize| stream.resource_at(at).unwrap_or_default();
        let resources = plan.workloads.iter().map(|own| number(own.place.start)).collect();
        let map = Map { build: &build, stream: &stream, documents: &documents[0], originals };
        plan.map_places(|place| *place = map.original(place));
        Ok(Self { path, build, plan, resources })
    }

    /// The resource that workload number `workload` of the plan is.
    pub(super) fn resource(&self, workload: usize) -> &Resource {
        &self.build.resources[self.resources[workload]]
    }

    /// What workload number `workload` of the plan needs.
    pub(super) fn need(&self, workload: usize) -> Need {
        let WorkloadPlan { stamp, is_opted_in, .. } = &self.plan.workloads[workload];
        if stamp.is_open {
            return if *is_opted_in { Need::Unknown } else { Need::None };
        }
        match &stamp.expected {
            Some(value) => Need::Stamp(value.clone()),
            None => Need::of_variables(&stamp.variables),
        }
    }

    /// The document of the files that workload number `workload` of the plan is.
    pub(super) fn origin(&self, workload: usize) -> Option<&Origin> {
        let origin = self.resource(workload).origins().first();
        origin.filter(|origin| matches!(origin, Origin::Document { .. }))
    }
}

/// Leads from the stream of a build to the files of the tree.
struct Map<'m> {
    build: &'m Build,
    stream: &'m Stream,
    /// Of the stream, in order.
    documents: &'m [Document<'m>],
    originals: &'m Originals<'m>,
}

impl Map<'_> {
    /// Where in the files `place` of the stream comes from.
    fn original(&self, place: &Place) -> Place {
        let number = self.stream.resource_at(place.start).unwrap_or_default();
        let origin = self.build.resources[number].origins().first();
        let located = origin.and_then(|origin| {
            let (source, node) = self.originals.node(origin)?;
            Some(Place::new(source, locate(self.document(place.start)?, &place.span(), node)))
        });
        let whole = || self.originals.place(origin?);
        located.or_else(whole).unwrap_or(Place { source: 0, start: 0, end: 0 })
    }

    /// The document that holds byte `at`.
    fn document(&self, at: usize) -> Option<&Document<'_>> {
        let behind = self.documents.partition_point(|document| document.extent.start <= at);
        self.documents[..behind].last()
    }
}

fn horizon(build: &Build, stream: &Stream) -> Horizon {
    let open = build.resources.iter().enumerate().filter(|(_, resource)| resource.is_open());
    Horizon {
        is_build: true,
        may_lack_resources: build.unknown.iter().any(|own| own.touches >= Touches::Additions),
        open: open.map(|(number, _)| stream.span(number)).collect(),
    }
}
