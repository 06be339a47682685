//! The edits that a plan comes to, each document's proved.

use std::collections::{BTreeMap, HashSet};

use super::Planner;
use crate::edit::verify::{Change, Changes, Judge};
use crate::edit::writer::Writer;
use crate::edit::{Edit, apply};
use crate::error::{Error, Problem};
use crate::finding::Finding;
use crate::findings::unwritable;
use crate::model::{Resource, Workload};
use crate::parallel;
use crate::plan::WorkloadPlan;
use crate::stamp::{Goal, State, Variable};
use crate::yaml::{Document, Span};

/// Documents that are read again together, and what is to be edited in them.
struct Group<'g> {
    documents: &'g [Document<'g>],
    /// The number of the first document.
    first: usize,
    due: Vec<(&'g Workload<'g>, &'g WorkloadPlan)>,
}

impl Planner<'_> {
    /// The edits for one source, in order, each document's proved, and what is found about workloads whose
    /// stamp cannot be written.
    ///
    /// # Errors
    ///
    /// Returns an error if the edits would change anything else.
    pub(crate) fn edits(
        &self,
        source: usize,
        documents: &[Document<'_>],
        plans: &[WorkloadPlan],
        goal: Goal,
    ) -> Result<(Vec<Edit>, Vec<Finding>), Error> {
        let all = &self.resources.workloads;
        let start = all.partition_point(|workload| workload.resource.source < source);
        let mut workloads = all[start..].iter().zip(&plans[start..]).peekable();
        let mut groups = Vec::new();
        let mut first = 0;
        // Documents of one extent can only be read again together.
        for documents in documents.chunk_by(|a, b| a.extent == b.extent) {
            let end = first + documents.len();
            let is_in_group =
                |resource: &Resource<'_>| resource.source == source && resource.document < end;
            let mut due = Vec::new();
            while let Some((workload, plan)) =
                workloads.next_if(|(workload, _)| is_in_group(&workload.resource))
            {
                if self.is_due(workload, plan, goal) {
                    due.push((workload, plan));
                }
            }
            if !due.is_empty() {
                groups.push(Group { documents, first, due });
            }
            first = end;
        }
        let (mut all, mut findings) = (Vec::new(), Vec::new());
        let edits = |group| self.group_edits(source, group, goal);
        parallel::each(&groups, edits, |edited| {
            let (edits, unwritable) = edited?;
            all.extend(edits);
            findings.extend(unwritable);
            Ok(())
        })?;
        Ok((all, findings))
    }

    fn group_edits(
        &self,
        source: usize,
        group: &Group<'_>,
        goal: Goal,
    ) -> Result<(Vec<Edit>, Vec<Finding>), Error> {
        let (mut edits, mut changes, mut findings) = (Vec::new(), Changes::new(), Vec::new());
        for (workload, plan) in &group.due {
            let document = workload.resource.document - group.first;
            match self.edit(workload, plan, goal, document) {
                Ok((own_edits, own_changes)) => {
                    edits.extend(own_edits);
                    changes.extend(own_changes);
                }
                Err(problem) => {
                    findings.extend(unwritable(&workload.resource, problem, self.options));
                }
            }
        }
        // An insertion comes before a change of what stands there.
        edits.sort_by_key(|edit: &Edit| (edit.span.start, edit.span.end));
        let edits = self.sources[source].spoiled(edits);
        self.prove(source, group.documents, &edits, &changes)?;
        Ok((edits, findings))
    }

    fn is_due(&self, workload: &Workload<'_>, plan: &WorkloadPlan, goal: Goal) -> bool {
        match goal {
            Goal::Stamp | Goal::Check => {
                plan.is_stamp_wrong() && workload.is_stampable(self.options)
            }
            Goal::Strip => {
                let stamp = &plan.stamp;
                let current = stamp.variables.iter().map(|variable| &variable.current);
                current.chain([&stamp.current]).any(Option::is_some)
            }
        }
    }

    /// The edits of one workload, and what they change.
    fn edit<'p>(
        &self,
        workload: &Workload<'_>,
        plan: &'p WorkloadPlan,
        goal: Goal,
        document: usize,
    ) -> Result<(Vec<Edit>, Changes<'p>), Problem> {
        let writer = Writer { text: self.sources[workload.resource.source].text() };
        let (node, path) = (workload.resource.node, workload.template.path);
        let name = &*self.options.annotation;
        let (mut edits, mut changes) = (Vec::new(), Changes::new());

        let stamp = &plan.stamp;
        let expected = stamp.expected.as_deref().filter(|_| goal != Goal::Strip);
        let template = (document, workload.template.node.id());
        match (&stamp.current, expected) {
            (current, Some(value)) if current.as_deref() != Some(value) => {
                edits.extend(writer.set_annotation(node, path, name, value)?);
                changes.insert(template, Change::To(value));
            }
            (Some(_), None) => {
                edits.extend(writer.remove_annotation(node, path, name)?);
                changes.insert(template, Change::Remove);
            }
            _ => {}
        }
        let mut containers = workload.template.list("containers").enumerate();
        for (index, variables) in changed(&stamp.variables, goal) {
            let container = containers.find(|(own, _)| *own == index).map(|(_, own)| own);
            edits.extend(writer.set_variables(node, path, container, &variables)?);
            changes
                .extend(container.map(|own| ((document, own.id()), Change::Variables(variables))));
        }
        Ok((edits, changes))
    }

    /// Proves that `edits` make the `changes` to the documents of one extent, and no others.
    fn prove(
        &self,
        source: usize,
        documents: &[Document<'_>],
        edits: &[Edit],
        changes: &Changes<'_>,
    ) -> Result<(), Error> {
        let Some(extent) = documents.first().map(|document| document.extent.clone()) else {
            return Ok(());
        };
        if changes.is_empty() {
            return Ok(());
        }
        let original = &self.sources[source].text()[extent.clone()];
        let edited = apply(original, &relative(edits, extent.start));
        let judge = Judge { key: &self.options.annotation, changes };
        if judge.approves(&documents.iter().collect::<Vec<_>>(), original, &edited) {
            return Ok(());
        }
        let first = edits.first().map_or(extent.clone(), |edit| edit.span.clone());
        let problem = Problem::new(
            first.start..first.start,
            "the edit would change more than the stamp, so nothing is written",
            "this is a bug in rollstamp: please report it with the document",
        );
        Err(problem.in_source(source, self.sources))
    }
}

/// The containers whose variables change, and all variables of Reloader that they are to have.
fn changed(variables: &[Variable], goal: Goal) -> BTreeMap<usize, Vec<(&str, &str)>> {
    let is_changed = |variable: &&Variable| match goal {
        Goal::Stamp | Goal::Check => {
            matches!(variable.state, State::Missing | State::Stale | State::Extra)
        }
        Goal::Strip => variable.current.is_some(),
    };
    let mut containers: BTreeMap<_, Vec<_>> = variables
        .iter()
        .filter(is_changed)
        .map(|variable| (variable.container_index, Vec::new()))
        .collect();
    let kept = |variable: &&Variable| goal != Goal::Strip && variable.state != State::Extra;
    // Two configs of the same content may need one variable.
    let mut seen = HashSet::new();
    for variable in variables.iter().filter(kept) {
        let value = variable.expected.as_deref().or(variable.current.as_deref());
        let name = (variable.container_index, &*variable.name);
        if let (Some(list), Some(value)) = (containers.get_mut(&name.0), value)
            && seen.insert(name)
        {
            list.push((name.1, value));
        }
    }
    containers
}

/// `edits` counted from `start`.
fn relative(edits: &[Edit], start: usize) -> Vec<Edit> {
    let shift = |span: &Span| span.start - start..span.end - start;
    edits.iter().map(|edit| Edit { span: shift(&edit.span), text: edit.text.clone() }).collect()
}
