//! Laws over mutated fixtures: a manifest may be written in another way, and the stamps must be the
//! same, and every byte that is not a stamp must be kept.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use support::{
    ANNOTATION, Bytes, Tree, VARIABLE, documents, is_subsequence, read_tree, run, stamps,
    write_tree,
};

/// A fixture that `stamp` writes to.
struct Fixture {
    name: String,
    args: Vec<String>,
    /// Whether another writer of YAML would change a value, as the file `exempt` says.
    is_bound_to_its_form: bool,
    before: Tree,
    after: Tree,
}

fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter();
    let folders = folders.map(|entry| entry.expect("fixtures can be read").into_path());
    // What is built from files of any kind cannot be written in another way.
    let is_stamped =
        |folder: &PathBuf| folder.join("out").is_dir() && !folder.starts_with(root.join("builds"));
    let folders: Vec<PathBuf> = folders.filter(is_stamped).collect();
    assert!(folders.len() >= 60, "only {} fixtures were found", folders.len());
    let fixture = |folder: PathBuf| {
        let args = fs::read_to_string(folder.join("args")).unwrap_or_default();
        let exempt = fs::read_to_string(folder.join("exempt")).unwrap_or_default();
        Fixture {
            is_bound_to_its_form: exempt.lines().any(|line| line.starts_with("routes: ")),
            name: folder.strip_prefix(&root).expect("it is below the root").display().to_string(),
            args: args.lines().map(str::to_owned).collect(),
            before: read_tree(&folder.join("in")),
            after: read_tree(&folder.join("out")),
        }
    };
    folders.into_iter().map(fixture).collect()
}

/// What `stamp` makes of `tree`.
fn stamp(tree: &Tree, args: &[String]) -> Tree {
    let scratch = tempfile::tempdir().expect("a folder can be made");
    let folder = scratch.path().join("in");
    write_tree(&folder, tree);
    let args = ["stamp", "in"].into_iter().chain(args.iter().map(String::as_str));
    run(scratch.path(), args, b"");
    read_tree(&folder)
}

/// Changes the manifests of `tree`, and nothing else in it.
fn map(tree: &Tree, change: impl Fn(&str) -> String) -> Tree {
    let is_hidden = |path: &Path| path.display().to_string().starts_with('.');
    let change = |(path, bytes): (&PathBuf, &Bytes)| {
        let changed =
            if is_hidden(path) { bytes.clone() } else { Bytes(change(&bytes.text()).into()) };
        (path.clone(), changed)
    };
    tree.iter().map(change).collect()
}

/// Holds all fixtures that `fits` to the law that stamping commutes with `change`: the stamps do
/// not move, and neither does any other byte.
fn commutes(fits: impl Fn(&str) -> bool, change: impl Fn(&str) -> String) {
    let fixtures = fixtures();
    let (all, mut count) = (fixtures.len(), 0);
    for fixture in fixtures {
        let mut texts = fixture.before.values().chain(fixture.after.values());
        if !texts.all(|bytes| fits(&bytes.text())) {
            continue;
        }
        count += 1;
        let stamped = stamp(&map(&fixture.before, &change), &fixture.args);
        assert_eq!(stamped, map(&fixture.after, &change), "{}", fixture.name);
    }
    assert!(2 * count >= all, "the law was put to {count} of {all} fixtures only");
}

#[test]
fn line_ends_do_not_count() {
    commutes(|text| !text.contains('\r'), |text| text.replace('\n', "\r\n"));
}

#[test]
fn a_byte_order_mark_does_not_count() {
    commutes(|text| !text.contains('\u{feff}'), |text| format!("\u{feff}{text}"));
}

#[test]
fn comments_do_not_count() {
    let is_key =
        |line: &str| line.starts_with(|c: char| c.is_ascii_alphabetic()) && line.contains(':');
    let add = |line: &str| {
        if is_key(line) { format!("# größe: ---\n{line}") } else { line.to_owned() }
    };
    commutes(|text| !text.contains('\r'), |text| text.split_inclusive('\n').map(add).collect());
}

#[test]
fn what_surrounds_the_documents_does_not_count() {
    let other = "kind: Other\nöther: |\n  größe\n";
    commutes(
        |text| !text.contains('\r') && !text.starts_with('%') && !text.starts_with('\u{feff}'),
        |text| {
            let text =
                if text.starts_with("---") { text.to_owned() } else { format!("---\n{text}") };
            let end = if text.ends_with('\n') { "" } else { "\n" };
            format!("# first\n---\n{other}{text}{end}---\n{other}---\n# last")
        },
    );
}

/// The ways to write the same values anew.
fn styles() -> [(&'static str, Style); 6] {
    let block =
        Style { indent: 2, is_zero_indented: false, flow_below: usize::MAX, is_compact: false };
    [
        ("block", block),
        ("four spaces", Style { indent: 4, ..block }),
        ("zero-indented sequences", Style { is_zero_indented: true, ..block }),
        ("flow below two levels", Style { flow_below: 2, ..block }),
        ("JSON", Style { flow_below: 0, ..block }),
        ("compact JSON", Style { flow_below: 0, is_compact: true, ..block }),
    ]
}

/// How to write values as YAML. Strings are always in double quotes, with escapes as in JSON.
#[derive(Clone, Copy)]
struct Style {
    indent: usize,
    is_zero_indented: bool,
    /// The depth from which on collections are written in braces and brackets.
    flow_below: usize,
    /// Whether there are no blanks in them.
    is_compact: bool,
}

impl Style {
    fn document(self, value: &Value) -> String {
        if self.flow_below > 0 && value.is_mapping() {
            return self.block(value, 0, 0);
        }
        self.flow(value) + "\n"
    }

    /// The lines of a collection at `column`.
    fn block(self, value: &Value, column: usize, depth: usize) -> String {
        let pad = " ".repeat(column);
        let entry = |(key, value): (&Value, &Value)| {
            let is_inner = !(self.is_zero_indented && value.is_sequence());
            let column = column + if is_inner { self.indent } else { 0 };
            format!("{pad}{}:{}", self.flow(key), self.value(value, column, depth + 1))
        };
        // A collection in a sequence begins on the line of its dash.
        let item = |value: &Value| {
            let lines = self.value(value, column + 2, depth + 1);
            let lines = lines.strip_prefix('\n').map_or(&*lines, str::trim_start);
            format!("{pad}- {}", lines.trim_start())
        };
        match value {
            Value::Mapping(mapping) => mapping.iter().map(entry).collect::<Vec<_>>().concat(),
            Value::Sequence(items) => items.iter().map(item).collect::<Vec<_>>().concat(),
            _ => unreachable!("only collections are written as blocks"),
        }
    }

    /// What follows a colon or a dash.
    fn value(self, value: &Value, column: usize, depth: usize) -> String {
        let is_empty = match value {
            Value::Mapping(mapping) => mapping.is_empty(),
            Value::Sequence(items) => items.is_empty(),
            _ => true,
        };
        if is_empty || depth >= self.flow_below {
            return format!(" {}\n", self.flow(value));
        }
        format!("\n{}", self.block(value, column, depth))
    }

    fn flow(self, value: &Value) -> String {
        let blank = if self.is_compact { "" } else { " " };
        let join = |parts: Vec<String>| parts.join(&format!(",{blank}"));
        match value {
            Value::Mapping(mapping) => {
                let entries = mapping.iter();
                let entries = entries
                    .map(|(key, value)| format!("{}:{blank}{}", self.flow(key), self.flow(value)));
                format!("{{{}}}", join(entries.collect()))
            }
            Value::Sequence(items) => {
                format!("[{}]", join(items.iter().map(|item| self.flow(item)).collect()))
            }
            Value::String(string) => serde_json::to_string(string).expect("a string is JSON"),
            Value::Tagged(tagged) => self.flow(&tagged.value),
            other => serde_yaml::to_string(other).expect("it was read").trim_end().to_owned(),
        }
    }
}

#[test]
fn style_does_not_count() {
    let fixtures = fixtures();
    let (all, mut count) = (styles().len() * fixtures.len(), 0);
    for fixture in fixtures {
        let read = |tree: &Tree| {
            let files = tree.values().map(|bytes| documents(&bytes.text()));
            files.collect::<Option<Vec<_>>>().map(|files| files.concat())
        };
        let (Some(values), Some(stamped)) = (read(&fixture.before), read(&fixture.after)) else {
            continue;
        };
        if fixture.is_bound_to_its_form || fixture.args.iter().any(|arg| arg == "--annotation") {
            continue;
        }
        let expected = stamps(&stamped, ANNOTATION);
        for (name, style) in styles() {
            count += 1;
            let label = format!("{} in style {name}", fixture.name);
            let written = values.iter().filter(|value| !value.is_null());
            let written = written.flat_map(|value| ["---\n".to_owned(), style.document(value)]);
            let written: String = written.collect();
            let tree =
                Tree::from([(PathBuf::from("all.yaml"), Bytes(written.clone().into_bytes()))]);
            let once = stamp(&tree, &fixture.args);
            let text = once[Path::new("all.yaml")].text();

            let found = documents(&text).unwrap_or_else(|| panic!("{label}: {text}"));
            assert_eq!(stamps(&found, ANNOTATION), expected, "{label}:\n{text}");
            if ![ANNOTATION, VARIABLE].iter().any(|stamp| written.contains(stamp)) {
                assert!(is_subsequence(&written.replace("null", ""), &text), "{label}:\n{text}");
            }
            assert_eq!(stamp(&once, &fixture.args), once, "a second run over {label}");
        }
    }
    assert!(2 * count >= all, "the law was put to {count} of {all} texts only");
}
