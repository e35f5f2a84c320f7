//! Every test that `docs/dev/threat-model.md` names as a witness exists.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The names in the last column of the tables: `a_name_with_underscores`.
fn witnesses(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|line| line.trim_end_matches(" |").rsplit_once(" | "))
        .flat_map(|(_, last)| last.split('`').skip(1).step_by(2))
        .filter(|name| name.matches('_').count() >= 2)
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn every_witness_of_the_threat_model_is_a_test() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("docs/dev/threat-model.md")).unwrap();
    let witnesses = witnesses(&text);
    assert!(30 <= witnesses.len(), "only {} witnesses", witnesses.len());
    let mut all = String::new();
    for folder in ["src", "tests"] {
        sources(&root.join(folder), &mut all);
    }
    let missing: Vec<&String> = witnesses
        .iter()
        .filter(|name| !all.contains(&format!("fn {name}(")))
        .collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}
