use crate::sandbox::Sandbox;

#[test]
fn help_and_version_are_a_yes_on_stdout() {
    for words in ["--help", "--version", "gate check --help", "generate -h"] {
        let answer = Sandbox::empty().run(words);
        assert_eq!(
            (answer.code, answer.stderr.as_str()),
            (Some(0), ""),
            "{words}"
        );
        assert!(!answer.stdout.is_empty());
    }
}

#[test]
fn a_usage_error_is_exit_code_2_on_stderr() {
    for words in [
        "",
        "gaet",
        "gate",
        "gate check --candidat 3",
        "generate --check --force",
        "gate check -o pdf=x",
        "gate check -o json=",
        "validate --format xml",
    ] {
        let answer = Sandbox::empty().run(words);
        assert_eq!(
            (answer.code, answer.stdout.as_str()),
            (Some(2), ""),
            "{words}: {}",
            answer.stderr
        );
        assert!(!answer.stderr.is_empty());
    }
}

#[test]
fn the_schemas_are_printed_as_they_are_committed() {
    let sandbox = Sandbox::empty();
    assert_eq!(
        sandbox.run("schema").stdout,
        include_str!("../../schemas/gatewright.schema.json")
    );
    assert_eq!(
        sandbox.run("schema decision").stdout,
        include_str!("../../schemas/decision.v1.schema.json")
    );
    assert_eq!(
        sandbox.run("schema hook").stdout,
        include_str!("../../schemas/hook.v1.schema.json")
    );
}

#[test]
fn the_main_help_is_short_and_says_where_to_begin() {
    insta::assert_snapshot!(Sandbox::empty().run("--help").stdout, @"
    One spec of how a model is made. The pipelines that make it, generated. A gate that decides whether
    the result may go live

    Usage: gatewright [OPTIONS] <COMMAND>

    Commands:
      validate   Check specs and report every problem with its place
      generate   Write the pipelines that the spec describes, or check that they are current
      templates  Show the templates that pipelines are printed with, or take one over
      gate       Judge a model
      promote    Let the candidate go live, if the decisions of its gates still hold
      rollback   Put the live alias back to a version that was live before
      rollout    Move the traffic of a serving endpoint to a version, in steps, with a gate at each
      history    Tell what was live, when, and who decided it, by the model's ledger
      attest     Sign a decision, or check who signed it
      demo       Show the whole story in a fresh folder: pipelines, a blocked model, a promoted one
      explain    Say what a code means: of a diagnostic, a check, a refusal or a fault of a ledger
      schema     Print a JSON Schema
      help       Print this message or the help of the given subcommand(s)

    Options:
          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never
              
              [default: auto]

      -q, --quiet
              Say only what matters

      -v, --verbose...
              Say on stderr what is done; twice, every question to a store

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Exit codes: 0 yes, 1 no (blocked, drifted), 2 usage or spec error, 3 no evidence, 4 hold, 5
    conflict.
    First time here? `gatewright demo` shows the whole story in a fresh folder.
    ");
}
