//! What the proof must refuse: for every kind of change a document and the wrong edits of it.

use super::{Change, Changes, Judge};
use crate::yaml;

const KEY: &str = "stamp";

/// Whether the judge takes `after` for `before` with `change` made to the mapping at `path`.
fn approves(before: &str, path: &str, change: Change<'_>, after: &str) -> bool {
    let documents = yaml::parse_all(before, true).expect(before);
    let mut node = documents[0].root().expect(before);
    for part in path.split('.').filter(|part| !part.is_empty()) {
        node = match part.parse() {
            Ok(index) => node.items().nth(index),
            Err(_) => node.get(part),
        }
        .expect(path);
    }
    let changes = Changes::from([((0, node.id()), change)]);
    let judge = Judge { key: KEY, changes: &changes };
    judge.approves(&documents.iter().collect::<Vec<_>>(), before, after)
}

/// Holds that the edits in `right` are approved, and those in `wrong` are not.
fn hold<S: AsRef<str>>(before: &str, path: &str, change: &Change<'_>, right: &[S], wrong: &[S]) {
    let approves = |after: &S| approves(before, path, change.clone(), after.as_ref());
    for after in right {
        assert!(approves(after), "{before:?} may become {:?}", after.as_ref());
    }
    for after in wrong {
        assert!(!approves(after), "{before:?} must not become {:?}", after.as_ref());
    }
}

const TEMPLATE: &str = "\
t:
  metadata:
    labels: {a: b}
    annotations:
      one: '1' # c
      two: x
  spec: {replicas: 1}
other: [~, 'c', &x {y: z}, *x]
";

#[test]
fn a_stamp_that_is_put_there_is_told_from_any_other_difference() {
    let stamped = TEMPLATE.replace("      one", "      stamp: \"v\"\n      one");
    let after = |from: &str, to: &str| {
        assert!(stamped.contains(from), "{from}");
        stamped.replacen(from, to, 1)
    };
    let right = [
        stamped.clone(),
        after("stamp: \"v\"", "'stamp': 'v'"),
        TEMPLATE.replace("two: x", "two: x\n      stamp: 'v'"),
        after(" # c", ""),
        after("{replicas: 1}", "\n    replicas: 1"),
        after("[~,", "[null,"),
        after("'c'", "\"c\""),
    ];
    let wrong = [
        TEMPLATE.to_owned(),
        String::new(),
        stamped.clone() + "---\na: b\n",
        stamped.clone() + "new: entry\n",
        after("\"v\"", "\"w\""),
        after("\"v\"", "v: w"),
        after("\"v\"", "!t \"v\""),
        after("stamp", "stump"),
        after("stamp", "!t stamp"),
        after("stamp: \"v\"", "stamp: \"v\"\n      more: \"w\""),
        after("stamp: \"v\"", "stamp: \"v\"\n      stamp: \"v\""),
        after("'1'", "1"),
        after("'1'", "'2'"),
        after("'1'", "!t '1'"),
        after("one: '1'", "'1': one"),
        after("      two: x\n", ""),
        after("two: x", "two: 'x'"),
        after("two: x", "two: {x: y}"),
        after("one: '1' # c\n      two: x", "two: x\n      one: '1'"),
        after("labels: {a: b}", "labels: {a: c}"),
        after("labels: {a: b}", "labels: [a, b]"),
        after("    labels: {a: b}\n", ""),
        after("labels", "tables"),
        after("annotations", "notes"),
        after("annotations:", "annotations: !t"),
        after("metadata:", "metadata: !t"),
        after("t:\n", "t: !t\n"),
        after("replicas: 1", "replicas: 2"),
        after("replicas: 1", "replicas: 1, more: 1"),
        after("  spec: {replicas: 1}\n", ""),
        after("  spec: {replicas: 1}\n", "  spec: {replicas: 1}\n  metadata: {}\n"),
        after("  spec", "spec"),
        after("[~,", "['~',"),
        after("[~,", "[~, ~,"),
        after("[~,", "["),
        after("'c'", "c"),
        after("'c'", "'d'"),
        after("&x {y: z}, *x", "{y: z}, {y: z}"),
        after("&x {y: z}, *x", "&x {y: z}, &x {y: z}"),
        after("{y: z}", "{y: [z]}"),
        after("{y: z}", "[y, z]"),
        after("{y: z}", "{y: z"),
    ];
    hold(TEMPLATE, "t", &Change::To("v"), &right, &wrong);
}

#[test]
fn what_a_stamp_needs_around_it_may_be_new() {
    let rows: [(&str, &[&str], &[&str]); 8] = [
        (
            "t: {spec: s}",
            &["t: {metadata: {annotations: {stamp: 'v'}}, spec: s}"],
            &[
                "t: {metadata: {annotations: {stamp: 'v', more: w}}, spec: s}",
                "t: {metadata: {annotations: {stamp: 'v'}, more: w}, spec: s}",
                "t: {metadata: {stamp: 'v'}, spec: s}",
                "t: {annotations: {stamp: 'v'}, spec: s}",
                "t: {metadata: {annotations: [stamp, 'v']}, spec: s}",
                "t: {metadata: {annotations: {stamp: 'v'}}}",
                "t: {metadata: {annotations: {stamp: 'v'}}, metadata: {annotations: {stamp: 'v'}}, spec: s}",
            ],
        ),
        (
            "t: {metadata: {name: n}}",
            &["t: {metadata: {annotations: {stamp: 'v'}, name: n}}"],
            &["t: {metadata: {annotations: {stamp: 'v'}}}", "t: {metadata: {name: n, stamp: 'v'}}"],
        ),
        (
            "t: {metadata: ~}",
            &["t: {metadata: {annotations: {stamp: 'v'}}}"],
            &["t: {metadata: ~}", "t: {}", "t: {metadata: {annotations: {stamp: 'v'}, more: w}}"],
        ),
        (
            "t: {metadata: {annotations: }}",
            &["t: {metadata: {annotations: {stamp: 'v'}}}"],
            &["t: {metadata: {annotations: 'v'}}", "t: {metadata: {annotations: {stamp: }}}"],
        ),
        (
            "t: {metadata: {annotations: {stamp: 'u'}}}",
            &["t: {metadata: {annotations: {stamp: 'v'}}}"],
            &["t: {metadata: {annotations: {stamp: 'u'}}}", "t: {metadata: {annotations: {}}}"],
        ),
        (
            "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: *a}}",
            &["a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {<<: *a, stamp: 'v'}}}"],
            &[
                "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {<<: *b, stamp: 'v'}}}",
                "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {'<<': *a, stamp: 'v'}}}",
                "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {x: *a, stamp: 'v'}}}",
                "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {<<: *a, stamp: 'u'}}}",
                "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {<<: *a, stump: 'v'}}}",
                "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {<<: *a, stamp: 'v', z: z}}}",
                "a: &a {x: y}\nb: &b {x: y}\nt: {metadata: {annotations: {stamp: 'v'}}}",
                "a: &a {x: y, stamp: 'v'}\nb: &b {x: y}\nt: {metadata: {annotations: *a}}",
            ],
        ),
        (
            "a: &a {annotations: {x: y}}\nt: {metadata: {<<: *a}}",
            &[],
            &["a: &a {annotations: {x: y}}\nt: {metadata: {annotations: {stamp: 'v'}, <<: *a}}"],
        ),
        (
            "t: {metadata: {annotations: {stamp: 'u', stamp: 'u'}}}",
            &[],
            &[
                "t: {metadata: {annotations: {stamp: 'u', stamp: 'v'}}}",
                "t: {metadata: {annotations: {stamp: 'v'}}}",
            ],
        ),
    ];
    for (before, right, wrong) in rows {
        hold(before, "t", &Change::To("v"), right, wrong);
    }
}

#[test]
fn a_stamp_that_goes_takes_nothing_with_it_but_what_held_it() {
    let rows: [(&str, &[&str], &[&str]); 4] = [
        (
            "t: {metadata: {annotations: {stamp: 'v', one: '1'}}, spec: s}",
            &["t: {metadata: {annotations: {one: '1'}}, spec: s}"],
            &[
                "t: {metadata: {annotations: {stamp: 'v', one: '1'}}, spec: s}",
                "t: {metadata: {annotations: {stamp: 'v'}}, spec: s}",
                "t: {metadata: {annotations: {one: 1}}, spec: s}",
                "t: {metadata: {annotations: {}}, spec: s}",
                "t: {metadata: {}, spec: s}",
                "t: {spec: s}",
                "t: {metadata: {annotations: {one: '1'}}}",
            ],
        ),
        (
            "t: {metadata: {annotations: {stamp: 'v'}, name: n}, spec: s}",
            &[
                "t: {metadata: {annotations: {}, name: n}, spec: s}",
                "t: {metadata: {annotations: ~, name: n}, spec: s}",
                "t: {metadata: {name: n}, spec: s}",
            ],
            &[
                "t: {metadata: {annotations: '', name: n}, spec: s}",
                "t: {metadata: {annotations: {}}, spec: s}",
                "t: {metadata: {}, spec: s}",
                "t: {spec: s}",
            ],
        ),
        (
            "t: {metadata: {annotations: {stamp: 'v'}}, spec: s}",
            &[
                "t: {metadata: {annotations: {}}, spec: s}",
                "t: {metadata: {}, spec: s}",
                "t: {spec: s}",
            ],
            &["t: {}", "t: {metadata: {annotations: {more: m}}, spec: s}", "{}"],
        ),
        (
            "a: &a {stamp: 'v'}\nt: {metadata: {annotations: {<<: *a, stamp: 'v'}}}",
            &[],
            &["a: &a {stamp: 'v'}\nt: {metadata: {annotations: {<<: *a}}}"],
        ),
    ];
    for (before, right, wrong) in rows {
        hold(before, "t", &Change::Remove, right, wrong);
    }
}

#[test]
fn only_the_variables_of_reloader_may_change() {
    let two = Change::Variables(vec![("STAKATER_B_CONFIGMAP", "2"), ("STAKATER_A_CONFIGMAP", "1")]);
    let a = "{name: STAKATER_A_CONFIGMAP, value: '1'}";
    let b = "{name: STAKATER_B_CONFIGMAP, value: \"2\"}";
    let old = "{name: STAKATER_C_CONFIGMAP, value: '3'}";
    let with = |env: &str| format!("c:\n- name: web\n  env: [{env}]\n  args: [a, b]\n");
    let before = with(&format!("{{name: X, value: x}}, {old}, {{name: Y, value: 'y'}}"));
    let right = [
        with(&format!("{a}, {b}, {{name: X, value: x}}, {{name: Y, value: 'y'}}")),
        with(&format!("{{name: X, value: x}}, {b}, {{name: Y, value: 'y'}}, {a}")),
    ];
    let kept = "{name: X, value: x}, {name: Y, value: 'y'}";
    let wrong = [
        before.clone(),
        with(kept),
        with(&format!("{a}, {kept}")),
        with(&format!("{a}, {b}, {old}, {kept}")),
        with(&format!("{a}, {b}, {b}, {kept}")),
        with(&format!("{a}, {b}, {{name: X, value: x}}")),
        with(&format!("{a}, {b}, {{name: Y, value: 'y'}}, {{name: X, value: x}}")),
        with(&format!("{a}, {b}, {{name: X, value: 'x'}}, {{name: Y, value: 'y'}}")),
        with(&format!("{a}, {b}, {kept}, {{name: Z, value: z}}")),
        with(&format!("{a}, {}, {kept}", b.replace("\"2\"", "2"))),
        with(&format!("{a}, {}, {kept}", b.replace("\"2\"", "'3'"))),
        with(&format!("{a}, {}, {kept}", b.replace("value:", "valve:"))),
        with(&format!("{a}, {}, {kept}", b.replace("\"2\"", "\"2\", more: m"))),
        right[0].replace("web", "bew"),
        right[0].replace("args: [a, b]", "args: [a]"),
        right[0].replace("  args: [a, b]\n", ""),
        right[0].replace("env", "envy"),
        right[0].replace("  args", "  env: []\n  args"),
        right[0].clone() + "- name: other\n",
        with(&format!("{a}, {b}, {kept}"))
            .replace("env: [", "env: {x: [")
            .replace("]\n  args", "]}\n  args"),
    ];
    hold(&before, "c.0", &two, &right, &wrong);

    let none = Change::Variables(Vec::new());
    hold(
        &with(old),
        "c.0",
        &none,
        &[with(""), with("").replace("  env: []\n", "")],
        &[
            with(old),
            with("{name: X}"),
            with("").replace("env: []", "env: x"),
            "c: []\n".to_owned(),
        ],
    );
    let fresh = with(&format!("{a}, {b}"));
    let bare = fresh.replace(&format!("  env: [{a}, {b}]\n"), "");
    hold(&bare, "c.0", &two, std::slice::from_ref(&fresh), std::slice::from_ref(&bare));
    let null = bare.clone() + "  env:\n";
    hold(
        &null,
        "c.0",
        &two,
        &[null.replace("env:", &format!("env: [{a}, {b}]"))],
        std::slice::from_ref(&null),
    );
}

#[test]
fn results_are_added_and_items_are_kept() {
    let results = [r#"{"message":"m","tags":{"n":"1"}}"#.to_owned()];
    let change = Change::Results(&results);
    let (items, new) = ("items: [{a: b}, {c: 'd'}]\n", &results[0]);
    let rows = [
        (
            items.to_owned(),
            vec![format!("{items}results: [{new}]\n")],
            vec![
                items.to_owned(),
                format!("{items}results: []\n"),
                format!("{items}results: [{new}, {new}]\n"),
                format!("{items}results: [{}]\n", new.replace("\"1\"", "1")),
                format!("{items}results: [{}]\n", new.replace("\"m\"", "\"n\"")),
                format!("{items}results: {new}\n"),
                format!("items: []\nresults: [{new}]\n"),
                format!("items: [{{a: b}}]\nresults: [{new}]\n"),
                format!("items: [{{a: b}}, {{c: d}}]\nresults: [{new}]\n"),
                format!("results: [{new}]\n"),
                format!("{items}results: [{new}]\nmore: m\n"),
                format!("{items}results: [{new}]\nresults: [{new}]\n"),
            ],
        ),
        (
            format!("{items}results: [old]\nx: y\n"),
            vec![format!("{items}results: [{new}, old]\nx: y\n")],
            vec![
                format!("{items}results: [old, {new}]\nx: y\n"),
                format!("{items}results: [{new}]\nx: y\n"),
                format!("{items}results: [{new}, 'old']\nx: y\n"),
                format!("{items}results: [{new}, old]\n"),
            ],
        ),
        (
            "x: y\nitems:\n".to_owned(),
            vec![format!("x: y\nitems: []\nresults: [{new}]\n")],
            vec![
                format!("x: y\nitems:\nresults: [{new}]\n"),
                format!("x: y\nitems: [a]\nresults: [{new}]\n"),
            ],
        ),
    ];
    for (before, right, wrong) in &rows {
        hold(before, "", &change, right, wrong);
    }
}

#[test]
fn what_only_one_parser_reads_is_judged_by_the_other() {
    // A tab after a colon is refused by the judge, and `\N` is another character to it.
    for around in ["a:\tb\n", "a: \"\\N\"\n"] {
        let before = format!("{around}t: {{}}\n");
        let right = format!("{around}t: {{metadata: {{annotations: {{stamp: 'v'}}}}}}\n");
        let wrong = [right.replace("a:", "b:"), right.replace("'v'", "'w'"), before.clone()];
        hold(&before, "t", &Change::To("v"), &[right], &wrong);
    }
}
