use crate::sandbox::{Answer, Sandbox};

const CI: &str = ".github/workflows/taxi-fare-ci.yml";

fn check(sandbox: &Sandbox) -> Answer {
    sandbox.run("generate --check")
}

#[test]
fn what_is_generated_is_current() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    insta::assert_snapshot!(answer.stderr, @"
    wrote    .azure/pipelines/taxi-fare-ci.yml
    wrote    .azure/pipelines/taxi-fare-deliver.yml
    wrote    .azure/pipelines/taxi-fare-rollback.yml
    wrote    .github/workflows/taxi-fare-ci.yml
    wrote    .github/workflows/taxi-fare-deliver.yml
    wrote    .github/workflows/taxi-fare-rollback.yml

    nothing updates the actions that these workflows pin
      help: `gatewright generate --dependabot` writes .github/dependabot.yml
    ");
    let answer = check(&sandbox);
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"6 files are current");
}

#[test]
fn every_kind_of_drift_is_named() {
    let sandbox = Sandbox::taxi();
    sandbox.run("generate");
    std::fs::remove_file(sandbox.path(".azure/pipelines/taxi-fare-ci.yml")).unwrap();
    let edited = sandbox
        .read(CI)
        .replace("timeout-minutes: 15", "timeout-minutes: 99");
    sandbox.write(CI, edited + "# mine\n");
    let orphan = sandbox.read(".github/workflows/taxi-fare-deliver.yml");
    sandbox.write(".github/workflows/taxi-fare-old.yml", orphan);
    let spec = sandbox
        .read("gatewright.yaml")
        .replace("branch: main", "branch: trunk");
    sandbox.write("gatewright.yaml", spec);
    let answer = check(&sandbox);
    assert_eq!(answer.code, Some(1));
    insta::assert_snapshot!(answer.stderr, @"
    missing   .azure/pipelines/taxi-fare-ci.yml
    stale     .azure/pipelines/taxi-fare-deliver.yml
    edited    .github/workflows/taxi-fare-ci.yml
    stale     .github/workflows/taxi-fare-deliver.yml
    orphaned  .github/workflows/taxi-fare-old.yml

    5 files are not what gatewright.yaml says: 1 missing, 2 stale, 1 edited, 1 orphaned
      help: `gatewright generate --diff` shows how; put what was edited into the spec, or let `gatewright generate --force` replace it
    ");
}

#[test]
fn a_file_edited_by_hand_is_not_overwritten_without_force() {
    let sandbox = Sandbox::taxi();
    sandbox.run("generate");
    let edited = sandbox.read(CI) + "# mine\n";
    sandbox.write(CI, &edited);
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(1));
    insta::assert_snapshot!(answer.stderr, @"
    error: `.github/workflows/taxi-fare-ci.yml` was edited after it was generated
      help: nothing was written: put the change into the spec, or move the file away; `--force` replaces it
    ");
    assert_eq!(sandbox.read(CI), edited);
    assert_eq!(sandbox.run("generate --force").code, Some(0));
    assert_eq!(check(&sandbox).code, Some(0));
}

#[test]
fn a_file_that_is_not_ours_is_never_taken_over() {
    let sandbox = Sandbox::taxi();
    sandbox.write(CI, "name: mine\n");
    assert_eq!(sandbox.run("generate").code, Some(1));
    assert_eq!(sandbox.read(CI), "name: mine\n");
}

#[test]
fn a_diff_shows_what_would_change_and_nothing_is_written() {
    let sandbox = Sandbox::taxi();
    sandbox.run("generate");
    let spec = sandbox
        .read("gatewright.yaml")
        .replace("branch: main", "branch: trunk");
    sandbox.write("gatewright.yaml", spec);
    let before = sandbox.read(CI);
    let answer = sandbox.run("generate --diff");
    assert_eq!(answer.code, Some(1));
    assert!(answer.stdout.contains("trunk"), "{}", answer.stdout);
    assert!(
        answer.stdout.contains("--- a/.github/workflows"),
        "{}",
        answer.stdout
    );
    assert_eq!(sandbox.read(CI), before);
}

#[test]
fn a_spec_without_pipelines_to_generate_says_so() {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", "version: 1\nproject: taxi-fare\n");
    let answer = sandbox.run("generate");
    insta::assert_snapshot!(format!("{:?}\n{}", answer.code, answer.stderr), @"
    Some(0)
    nothing to generate: the spec asks for no pipelines
      help: add `ci: {github: {}, azure: {}}`
    ");
}

#[test]
fn a_spec_in_a_folder_writes_to_the_root_of_its_repository() {
    let sandbox = Sandbox::empty();
    sandbox.write(".git/HEAD", "ref: refs/heads/main\n");
    sandbox.write(
        "services/fare/gatewright.yaml",
        include_str!("../../project-templates/classic/gatewright.yaml"),
    );
    let answer = sandbox.run("generate --spec services/fare/gatewright.yaml");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(sandbox.read(CI).contains("services/fare"));
}

#[test]
fn the_way_the_spec_is_named_leaves_no_trace() {
    let sandbox = Sandbox::taxi();
    sandbox
        .write(".git/HEAD", "ref: refs/heads/main\n")
        .write("src/x", "");
    let absolute = sandbox.path("gatewright.yaml");
    for name in [
        "gatewright.yaml",
        "./src/../gatewright.yaml",
        absolute.to_str().unwrap(),
    ] {
        assert_eq!(
            sandbox.run(&format!("generate --spec {name}")).code,
            Some(0)
        );
        assert!(
            sandbox
                .read(CI)
                .starts_with("# Generated by gatewright from gatewright.yaml. "),
            "{name}"
        );
    }
}
