//! Templates of the user's own, and files that are the user's own.

use crate::sandbox::Sandbox;

const CI: &str = ".github/workflows/taxi-fare-ci.yml";
const STEP: &str = "ci/templates/github/step.yml";

/// The project, with this under `ci:`.
fn project(ci: &str) -> Sandbox {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    sandbox.write(
        "gatewright.yaml",
        spec.replace("\nci:\n", &format!("\nci:\n  {ci}\n")),
    );
    sandbox
}

/// The project with a template of its own.
fn overlaid(change: impl Fn(&str) -> String) -> Sandbox {
    let sandbox = project("templates: ci/templates");
    let ejected = sandbox.run("templates eject github/step.yml");
    assert_eq!(ejected.code, Some(0), "{}", ejected.stderr);
    sandbox.write(STEP, change(&sandbox.read(STEP)));
    sandbox
}

#[test]
fn templates_are_named_and_shown() {
    let answer = Sandbox::empty().run("templates list");
    assert_eq!(answer.code, Some(0));
    let names: Vec<_> = answer.stdout.lines().collect();
    assert!(names.contains(&"github/workflow.yml") && names.contains(&"azure/step.yml"));
    for name in ["github/step.yml", "github/step"] {
        let answer = Sandbox::empty().run(&format!("templates show {name}"));
        assert_eq!(
            answer.stdout,
            include_str!("../../workflow-templates/github/step.yml")
        );
    }
    let answer = Sandbox::empty().run("templates show github/stp.yml");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: there is no template `github/stp.yml`
      help: did you mean `github/step.yml`?
    ");
}

#[test]
fn an_ejected_template_says_how_it_is_used_and_is_never_overwritten() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run("templates eject github/step");
    insta::assert_snapshot!(answer.stderr, @"
    wrote    ci/templates/github/step.yml
      help: `ci: {templates: ci/templates}` in the spec puts it in the place of the built-in one
    ");
    sandbox.write(STEP, "mine\n");
    let again = sandbox.run("templates eject github/step");
    assert_eq!(again.code, Some(2));
    assert_eq!(sandbox.read(STEP), "mine\n");
    let elsewhere = sandbox.run("templates eject github/step --to templates");
    assert_eq!(elsewhere.code, Some(0));
    assert!(
        sandbox
            .read("templates/github/step.yml")
            .contains("step.name")
    );
    for outside in ["..", "../x", "/", "a/../../x", "."] {
        let answer = sandbox.run(&format!("templates eject github/step --to {outside}"));
        assert_eq!(answer.code, Some(2), "{outside}: {}", answer.stderr);
    }
}

#[test]
fn a_template_of_the_users_own_is_used_in_place_of_the_built_in_one_and_the_header_says_so() {
    let sandbox = overlaid(|text| format!("# Ours: see the handbook.\n{text}"));
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let ci = sandbox.read(CI);
    assert!(ci.contains("      # Ours: see the handbook.\n"), "{ci}");
    assert!(
        ci.contains("\n# gatewright: overlay=ci/templates\n"),
        "{ci}"
    );
    let azure = sandbox.read(".azure/pipelines/taxi-fare-ci.yml");
    assert!(azure.contains("template=azure/pipeline digest="), "{azure}");
    assert_eq!(sandbox.run("generate --check").code, Some(0));
    sandbox.write(STEP, sandbox.read(STEP).replace("Ours", "Theirs"));
    let answer = sandbox.run("generate --check");
    assert!(
        answer.stderr.contains(&format!("stale     {CI}")),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_template_that_changes_what_a_file_says_is_an_error_that_names_the_difference() {
    let sandbox = overlaid(|text| {
        text.replace(
            "timeout-minutes: <{ step.timeout_minutes }>",
            "timeout-minutes: 99",
        )
    });
    sandbox.write(
        STEP,
        sandbox
            .read(STEP)
            .replace("name: <{ step.name|yaml }>", "name: Step"),
    );
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @r#"
    error: .github/workflows/taxi-fare-ci.yml says "Step" at `jobs.spec.steps.0.name` where "Check out the repository" was planned
      help: a template in `ci/templates` prints something else than was planned; it may change comments and layout, and the spec changes the rest
    "#);
    assert!(!sandbox.path(CI).exists());
}

#[test]
fn a_template_that_fails_is_pointed_at() {
    for (from, to, said) in [
        ("<{ step.name|yaml }>", "<{ step.name|yml }>", "step.yml:4:"),
        ("<{ step.name|yaml }>", "<{ step.nme|yaml }>", "step.yml:4:"),
        ("#% endif\n- name", "- name", "step.yml:"),
        ("<{ step.name|yaml }>", "<{ step }>", "step.yml:4:"),
        (
            "<{ step.name|yaml }>",
            "<% include \"/etc/passwd\" %>",
            "step.yml:4:",
        ),
        (
            "- name",
            "<% for a in \"x\" * 99999999999 %>.<% endfor %>\n- name",
            "step.yml:4:",
        ),
    ] {
        let sandbox = overlaid(|text| {
            assert!(text.contains(from));
            text.replacen(from, to, 1)
        });
        let answer = sandbox.run("generate");
        assert_eq!(answer.code, Some(2), "{to}: {}", answer.stderr);
        assert!(answer.stderr.contains(said), "{to}: {}", answer.stderr);
        assert!(!sandbox.path(CI).exists());
    }
    let sandbox = overlaid(|text| text.replace("step.name|yaml", "step.name|yml"));
    insta::assert_snapshot!(sandbox.run("generate").stderr, @"
    error: ci/templates/github/step.yml:4:22: unknown filter: filter yml is unknown
      help: `gatewright templates show NAME` prints the built-in one
    ");
}

#[test]
fn a_template_cannot_run_for_ever() {
    let endless = "<% for a in step.name %><% for b in step.name %><% for c in step.name %><% for d in step.name %><% for e in step.name %>x<% endfor %><% endfor %><% endfor %><% endfor %><% endfor %>";
    let sandbox = overlaid(|text| format!("# {endless}\n{text}"));
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stderr.contains("ran out of fuel"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_folder_of_templates_is_there_inside_and_holds_no_others() {
    let sandbox = project("templates: ci/templates");
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: `ci.templates` names `ci/templates`, and there is no such folder
      help: `gatewright templates eject NAME --to ci/templates` puts a template there
    ");
    sandbox.write("ci/templates/github/stpe.yml", "x\n");
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: ci/templates/github/stpe.yml: no built-in template has this name
      help: did you mean `github/step.yml`?
    ");
    let answer = project("templates: ../elsewhere").run("generate");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error[invalid-value]: `../elsewhere` is not a path inside the repository
      --> gatewright.yaml:45:14
       |
    45 |   templates: ../elsewhere
       |              ^^^^^^^^^^^^
       |
       = help: give a path relative to the repository root, without `..`
    ");
}

#[cfg(unix)]
#[test]
fn no_template_is_read_through_a_link() {
    let sandbox = project("templates: ci/templates");
    sandbox.write(
        "elsewhere/step.yml",
        include_str!("../../workflow-templates/github/step.yml"),
    );
    std::fs::create_dir_all(sandbox.path("ci/templates")).unwrap();
    std::os::unix::fs::symlink(
        sandbox.path("elsewhere"),
        sandbox.path("ci/templates/github"),
    )
    .unwrap();
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(2));
    assert!(
        answer
            .stderr
            .contains("`ci/templates/github` is a symbolic link"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_detached_file_is_the_users_own_until_it_is_taken_back() {
    let sandbox = Sandbox::taxi();
    sandbox.run("generate");
    let spec = sandbox.read("gatewright.yaml");
    sandbox.write(
        "gatewright.yaml",
        spec.replace("\nci:\n", &format!("\nci:\n  detach: [{CI}]\n")),
    );
    let mine = sandbox.read(CI) + "# mine\n";
    sandbox.write(CI, &mine);
    let answer = sandbox.run("generate --check");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"
    detached  .github/workflows/taxi-fare-ci.yml (+0 -1 lines to be as the spec says)
    5 files are current
    ");
    assert_eq!(sandbox.run("generate --force").code, Some(0));
    assert_eq!(sandbox.read(CI), mine);
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("generate --check");
    assert!(
        answer.stderr.contains(&format!("edited    {CI}")),
        "{}",
        answer.stderr
    );
    assert_eq!(sandbox.run("generate --force").code, Some(0));
    assert!(!sandbox.read(CI).contains("# mine"));
}

#[test]
fn what_is_not_there_or_not_generated_cannot_be_detached() {
    let answer = project(&format!("detach: [{CI}]")).run("generate");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: `.github/workflows/taxi-fare-ci.yml` is detached, and not there
      help: remove `.github/workflows/taxi-fare-ci.yml` from `ci.detach`, generate it, and then detach it
    ");
    let answer = project("detach: [.github/workflows/taxi-fair-ci.yml]").run("generate");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error[unknown-reference]: no file `.github/workflows/taxi-fair-ci.yml` is generated from this spec
      --> gatewright.yaml:45:12
       |
    45 |   detach: [.github/workflows/taxi-fair-ci.yml]
       |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `.github/workflows/taxi-fare-ci.yml`?
    ");
}
