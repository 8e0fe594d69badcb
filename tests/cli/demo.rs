use crate::promote::shown;
use crate::sandbox::Sandbox;

#[test]
fn the_demo_tells_the_whole_story() {
    let sandbox = Sandbox::empty();
    let answer = sandbox.run_with("demo", &[("USER", "ana")]);
    assert_eq!(answer.code, Some(0), "{}{}", answer.stdout, answer.stderr);
    let story = shown(&answer.stdout).replace(env!("CARGO_BIN_EXE_gatewright"), "gatewright");
    insta::assert_snapshot!(story, @r#"
    A taxi-fare model, in gatewright-demo/

    1. One spec says how the model is made, and what it must show

         promote:
           checks:
             - rmse <= 4.0                   # in units of the fare
             - r2 >= champion - 0.01
             - rmse <= champion + 2%
             - warn: latency_p95_ms <= 20    # reported, does not block

    2. The pipelines follow from it

       .azure/pipelines/taxi-fare-ci.yml            254 lines
       .azure/pipelines/taxi-fare-deliver.yml       433 lines
       .azure/pipelines/taxi-fare-rollback.yml      135 lines
       .github/workflows/taxi-fare-ci.yml           256 lines
       .github/workflows/taxi-fare-deliver.yml      348 lines
       .github/workflows/taxi-fare-rollback.yml     121 lines

    3. Version 1 is live. Version 2: somebody left a debug setting in, and trained on 400 trips

       $ gatewright promote --candidate 2

       Gate promote: BLOCKED  taxi-fare version 2 against version 1 (champion)

                check                  candidate  champion      change  limit
          fail  r2 >= champion - 0.01   0.961975  0.977826  -0.0158516  >= 0.967826
          fail  rmse <= champion + 2%    3.37334   2.57598   +0.797358  <= 2.6275
          pass  rmse <= 4.0              3.37334
          pass  latency_p95_ms <= 20      1.4137

         fail: r2 is 0.961975, and must be >= 0.967826 (the champion's 0.977826 - 0.01)
         fail: rmse is 3.37334, and must be <= 2.6275 (the champion's 2.57598 + 2%)

         metrics of run 34ff5552425c and 6d8b468512aa in sqlite:///mlflow.db

       error: gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent
         help: train a better model, or add a waiver with a reason, an approver and an end

       Refused: `champion` stays at version 1

         registry  sqlite:///mlflow.db

       exit code 1

    4. Version 3: more trips, more trees

       $ gatewright promote --reason "more trips, more trees"

       Gate promote: PASS  taxi-fare version 3 (challenger) against version 1 (champion)

                check                  candidate  champion       change  limit
          pass  rmse <= 4.0              2.36271
          pass  r2 >= champion - 0.01   0.981346  0.977826  +0.00351975  >= 0.967826
          pass  rmse <= champion + 2%    2.36271   2.57598    -0.213278  <= 2.6275
          pass  latency_p95_ms <= 20      2.8678

         metrics of run b24571ec6c90 and 6d8b468512aa in sqlite:///mlflow.db

       Promoted: taxi-fare version 3 is `champion` now, in place of version 1

         registry  sqlite:///mlflow.db
         decision  gate promote: pass, judged [TIME], sha256:[DIGEST]
         logged    runs:/b24571ec6c9047fcbb7544d173d73b39/gatewright/decisions/[DIGEST].json
         reason    more trips, more trees
         by        ana
         record    entry 1 of the ledger, tag gatewright.promotion.1, [TIME]

    5. Drivers complain: back to what was live before

       $ gatewright rollback --reason "airport fares are off"

       Rolled back: taxi-fare version 1 is `champion` again, in place of version 3

         registry  sqlite:///mlflow.db
         reason    airport fares are off
         by        ana
         record    entry 2 of the ledger, tag gatewright.promotion.2, [TIME]

    6. Who did what, when, and why

       $ gatewright history

       taxi-fare: challenger is version 3 (not under the ledger); champion is version 1 (entry 2)

             when               alias     version  from  what         who  gates
          2  [TIME]  champion  1        3     rolled back  ana  -
          1  [TIME]  champion  3        1     promoted     ana  promote pass

         entry 2, reason: airport fares are off
         entry 1, reason: more trips, more trees

    7. Every entry carries the digest of the one before: nobody rewrites it unseen

       $ gatewright history --verify

       The ledger is whole: 2 entries, the last is sha256:[DIGEST]

    Try next:

       cd gatewright-demo
       gatewright gate check --candidate 4  # its evaluation went NaN
       gatewright history --version 3       # where a version comes from
       gatewright validate                  # after you changed a line of gatewright.yaml
       gatewright generate --check          # are the pipelines what the spec says?
    "#);
}

#[test]
fn the_commands_that_the_demo_ends_with_work() {
    let sandbox = Sandbox::empty();
    sandbox.run("demo");
    let run = |words: &str| {
        let answer = sandbox.run_in("gatewright-demo", words);
        (answer.code, answer.stdout)
    };
    let (code, table) = run("gate check --candidate 4");
    assert_eq!(code, Some(1));
    assert!(table.contains("NaN"), "{table}");
    let (code, lineage) = run("history --version 3");
    assert_eq!(code, Some(0), "{lineage}");
    assert_eq!(run("validate").0, Some(0));
    assert_eq!(run("generate --check").0, Some(0));
}

#[test]
fn no_ci_system_is_told_of_a_demo() {
    let sandbox = Sandbox::empty();
    let environment = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_OUTPUT", "outputs"),
        ("GITHUB_STEP_SUMMARY", "summary.md"),
        ("MLFLOW_TRACKING_URI", "http://127.0.0.1:1"),
    ];
    let answer = sandbox.run_with("demo", &environment);
    assert_eq!(answer.code, Some(0), "{}{}", answer.stdout, answer.stderr);
    assert!(
        !answer
            .stdout
            .lines()
            .any(|line| line.trim_start().starts_with("::"))
    );
    assert!(!sandbox.path("outputs").exists() && !sandbox.path("summary.md").exists());
}

#[test]
fn the_demo_overwrites_nothing() {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright-demo/mine.txt", "precious");
    let answer = sandbox.run("demo");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: `gatewright-demo` is there already, and the demo overwrites nothing
      help: name another folder: `gatewright demo FOLDER`
    ");
    assert_eq!(sandbox.read("gatewright-demo/mine.txt"), "precious");
}
