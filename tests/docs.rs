//! The documents tell the truth: what they show runs here, and what there is they name.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod support;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rollstamp::Code;
use support::{printed, read_tree, write_tree};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the document is there")
}

/// Every Markdown file of the project.
fn documents() -> Vec<PathBuf> {
    let folders = ["", "docs", "examples"].map(|folder| root().join(folder));
    let depth = |index| if index == 0 { 1 } else { 3 };
    let entries = folders.iter().enumerate().flat_map(|(index, folder)| {
        walkdir::WalkDir::new(folder).max_depth(depth(index)).sort_by_file_name()
    });
    let files = entries.map(|entry| entry.expect("the folder can be read").into_path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    assert!(files.len() >= 7, "only {} documents were found", files.len());
    files
}

#[test]
fn every_console_block_prints_what_it_shows() {
    let mut count = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).expect("the document is there");
        let scratch = tempfile::tempdir().expect("a folder can be made");
        write_tree(&scratch.path().join("examples"), &read_tree(&root().join("examples")));
        let quickstart = read_tree(&root().join("examples/quickstart/in"));
        write_tree(&scratch.path().join("apps"), &quickstart);
        let mut renewed = String::new();
        let mut rest = &*text;
        while let Some((before, block)) = rest.split_once("```console\n") {
            // A block that shows a fence stands between longer ones.
            let longer = before.len() - before.trim_end_matches('`').len();
            let fence = format!("{}\n", "`".repeat(3 + longer));
            let (block, after) = block.split_once(&fence).expect("the block has an end");
            count += 1;
            renewed.extend([before, "```console\n", &play(block, scratch.path()), &fence]);
            rest = after;
        }
        renewed.push_str(rest);
        if env::var_os("UPDATE").is_some() {
            fs::write(&path, &renewed).expect("the document can be written");
            continue;
        }
        let diff = similar::TextDiff::from_lines(&text, &renewed).unified_diff().to_string();
        assert!(text == renewed, "{} is not current:\n{diff}", path.display());
    }
    assert!(count >= 8, "only {count} blocks were found");
}

/// Runs each line of `block` that begins with `$`, and gives the block that shows what came out:
/// the exit status, if it is not 0, as `? STATUS`, then what was printed.
fn play(block: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_rollstamp"));
    let path = env::var("PATH").expect("there is a PATH");
    let path = format!("{}:{path}", program.parent().expect("it is in a folder").display());
    let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
    let play = |command: &str| {
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder)
            .env("PATH", &path)
            .env("NO_COLOR", "1")
            .env_remove("CLICOLOR_FORCE")
            .output()
            .expect("there is a shell");
        let status = match output.status.code() {
            Some(0) => String::new(),
            code => format!("? {}\n", code.unwrap_or(-1)),
        };
        format!("$ {command}\n{status}{}", printed(&output))
    };
    commands.map(play).collect::<Vec<_>>().concat()
}

#[test]
fn the_readme_shows_the_quickstart() {
    let folder = root().join("examples/quickstart");
    let file = |side: &str| {
        fs::read_to_string(folder.join(side).join("nginx.yaml")).expect("the example is there")
    };
    let name = "examples/quickstart/in/nginx.yaml";
    let (before, after) = (file("in"), file("out"));
    let diff = similar::TextDiff::from_lines(&before, &after);
    let diff = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
    assert!(read("README.md").contains(&format!("```diff\n{diff}```\n")), "{diff}");
}

#[test]
fn every_code_and_every_rule_has_a_section() {
    let findings = read("docs/findings.md");
    for code in Code::ALL {
        let section = format!("\n## {code}\n\n**{}.**", capital(&code.severity().to_string()));
        assert!(findings.contains(&section), "{section}");
    }
    let sections = findings.lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(sections, Code::ALL.len(), "sections in docs/findings.md");

    let rules = read("docs/rules.md");
    let table = read("src/rules/mod.rs");
    let table = table.split("RULES: &[").nth(1).and_then(|rest| rest.split("];").next());
    let rows = table.expect("there is a table of rules").matches("Rule::").count();
    let names = ["ignored", "excluded", "listed", "search", "auto", "wave"];
    assert_eq!(rows, names.len(), "rows in the table of rules");
    let place = |name: &&str| rules.find(&format!("\n## {name}\n")).expect("it has a section");
    assert!(names.map(|name| place(&name)).is_sorted(), "the sections are in the table's order");
    for name in names {
        assert!(read("README.md").contains(&format!("| {name} |")), "{name}");
    }
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[test]
fn the_schema_of_the_configuration_is_current() {
    let path = root().join("docs/rollstamp.schema.json");
    let schema = rollstamp::options_schema();
    let text = serde_json::to_string_pretty(&schema).expect("it is JSON") + "\n";
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).expect("the schema can be written");
    }
    let written = fs::read_to_string(&path).expect("the schema is there");
    let diff = similar::TextDiff::from_lines(&written, &text).unified_diff().to_string();
    assert!(written == text, "docs/rollstamp.schema.json is not current:\n{diff}");
}

#[test]
fn the_option_file_of_the_reference_is_valid_and_names_every_option() {
    let text = read("docs/reference.md");
    let block = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.expect("it has a block");
    let options = rollstamp::Options::from_yaml(block).expect("it is valid");

    let file: serde_json::Value = serde_yaml::from_str(block).expect("it is YAML");
    let validator = jsonschema::validator_for(&rollstamp::options_schema()).expect("it is valid");
    let errors: Vec<_> = validator.iter_errors(&file).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    assert!(!validator.is_valid(&serde_json::json!({"kind": "Rollstamp"})));

    let all = serde_json::to_value(options).expect("it is JSON");
    for (option, value) in all.as_object().expect("it is an object") {
        assert!(!file["spec"][option].is_null(), "`{option}` is not in the reference");
        for (name, _) in value.as_object().into_iter().flatten() {
            assert!(
                !file["spec"][option][name].is_null(),
                "`{option}.{name}` is not in the reference"
            );
        }
    }
}

#[test]
fn the_test_vectors_of_the_format_hold() {
    use sha2::{Digest, Sha256};
    let format = read("docs/stamp-format.md");
    let rows = format.lines().filter(|line| line.starts_with("| `rollstamp/v1"));
    let mut count = 0;
    for row in rows {
        let quoted: Vec<_> = row.split('`').collect();
        let (input, expected) = (quoted[1].replace("\\n", "\n"), quoted[quoted.len() - 2]);
        let digest = Sha256::digest(input.as_bytes());
        let digest: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest.concat(), expected, "{row}");
        count += 1;
    }
    assert_eq!(count, 2);
}
