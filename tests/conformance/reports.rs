//! The gate's reports before their real readers: the strict JUnit schema, GitHub's rules for SARIF,
//! in-toto's own library.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::tools::{repository, succeed, tool};

/// A spec with a check for every outcome there is in the demo's store.
const SPEC: &str = "version: 1
project: taxi-fare
model: {name: taxi-fare}
gates:
  promote:
    checks:
      - rmse <= 4.0
      - r2 >= champion - 0.01
      - '\"a <b> & \\u{1b} ##vso[x] ::error::\" <= 1'
      - warn: latency_p95_ms <= 0.1
      - rmse <= champion + 2%
";

/// Our command in a folder, with nothing of the environment around the tests.
fn gatewright(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Every verdict of the demo's versions in a format, as files.
fn reports(format: &str, ending: &str, folder: &Path) -> Vec<String> {
    let demo = |path: &str| {
        let output = gatewright(folder).args(["demo", path]).output().unwrap();
        assert!(output.status.success());
    };
    demo("shop");
    std::fs::write(folder.join("shop/gatewright.yaml"), SPEC).unwrap();
    std::fs::create_dir(folder.join("shop/empty")).unwrap();
    let mut files = Vec::new();
    for candidate in ["2", "3", "4"] {
        let file = format!("{candidate}{ending}");
        let output = gatewright(&folder.join("shop"))
            .args(["gate", "check", "--candidate", candidate, "-o"])
            .arg(format!("{format}={file}"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        files.push(file);
    }
    files
}

/// The same in one report over many gates, one of which could not be judged.
fn report_on_all(format: &str, ending: &str, folder: &Path) -> String {
    let broken = folder.join("shop/broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(broken.join("gatewright.yaml"), SPEC).unwrap();
    let file = format!("all{ending}");
    let output = gatewright(&folder.join("shop"))
        .args(["gate", "check", "--all", "-o"])
        .arg(format!("{format}={file}"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    file
}

fn check_with_python(files: &[String], folder: &Path) {
    let Some(python) = tool("reports/bin/python") else {
        return;
    };
    let mut command = Command::new(python);
    command
        .arg(repository().join("tests/tools/check-reports.py"))
        .args(files)
        .current_dir(folder.join("shop"));
    succeed(&mut command);
}

#[test]
fn junit_reports_are_valid_under_the_strict_schema() {
    let folder = TempDir::new().unwrap();
    let mut files = reports("junit", ".xml", folder.path());
    files.push(report_on_all("junit", ".xml", folder.path()));
    check_with_python(&files, folder.path());
}

#[test]
fn statements_are_read_by_in_totos_own_library() {
    let folder = TempDir::new().unwrap();
    let files = reports("in-toto", ".intoto.json", folder.path());
    check_with_python(&files, folder.path());
}

#[test]
fn sarif_has_no_finding_under_githubs_rules() {
    let folder = TempDir::new().unwrap();
    let mut files = reports("sarif", ".sarif", folder.path());
    files.push(report_on_all("sarif", ".sarif", folder.path()));
    let multitool = "node/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool";
    let Some(multitool) = tool(multitool) else {
        return;
    };
    for file in files {
        let mut command = Command::new(&multitool);
        command
            .args(["validate", &file, "--rule-kind", "Sarif;Ghas"])
            .args(["--level", "Error;Warning"])
            .current_dir(folder.path().join("shop"))
            .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        // It exits with 0 whatever it finds.
        let told = String::from_utf8(succeed(&mut command).stdout).unwrap();
        assert!(told.contains("Analysis completed successfully"), "{told}");
        assert!(
            !told.contains(": error ") && !told.contains(": warning "),
            "{file}: {told}"
        );
    }
}
