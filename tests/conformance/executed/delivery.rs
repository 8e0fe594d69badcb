//! `deliver`, on pushes to the branch that deploys, and `rollback`, by hand.

use std::cell::RefCell;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::forge::{BAD, Forge, GOOD, UNFIT};
use super::ran::Ran;
use crate::promotion_story::Client;
use crate::support::fake_server::{Behaviour, FakeServer};
use crate::tools::Server;

/// How often a test of deliveries runs a workflow, at most.
const RUNS: u32 = 9;

/// What fails: a job that is skipped has begun none of its steps.
fn never_began(ran: &Ran, job: &str) -> Result<(), String> {
    let told = ran.job(job);
    if told["result"] == "skipped" && told["steps"] == json!([]) {
        return Ok(());
    }
    Err(format!("{job} began:\n{}", ran.logs(job)))
}

/// A forge whose environments name a real MLflow server, MLflow's own client beside it, and a GitHub
/// where `ml-lead` approved what waits in `prod-promotion`.
struct Place {
    forge: Forge,
    github: FakeServer,
    client: RefCell<Client>,
    _server: Server,
    _folder: TempDir,
}

impl Place {
    fn start() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let server = Server::start(folder.path())?;
        let github = FakeServer::start();
        let approval = json!([{
            "state": "approved", "comment": "", "user": {"login": "ml-lead"},
            "environments": [{"name": "prod-promotion"}],
        }]);
        let approval = Behaviour::Answer(200, approval.to_string());
        for run in 1..=RUNS {
            let path = format!("/repos/acme/fare/actions/runs/{run}/approvals");
            github.on("GET", &path, &[], approval.clone());
        }
        let forge = Forge::start("", &server.url, &github.url())?;
        let client = RefCell::new(Client::start(&server.url, folder.path()));
        Some(Self {
            forge,
            github,
            client,
            _server: server,
            _folder: folder,
        })
    }

    fn seen(&self, name: &str) -> Value {
        self.client.borrow_mut().ask(&format!("see {name}"))
    }

    /// The version that is live, how many there are, and how many entries its ledger has.
    fn model(&self, name: &str) -> (Value, usize, usize) {
        let seen = self.seen(name);
        let versions = seen["versions"].as_object().unwrap();
        let tags = versions
            .values()
            .flat_map(|version| version["tags"].as_object().unwrap().keys());
        let entries = tags.filter(|tag| tag.starts_with("gatewright.promotion."));
        (
            seen["aliases"]["champion"].clone(),
            versions.len(),
            entries.count(),
        )
    }

    /// An entry of the ledger.
    fn entry(&self, name: &str, number: u32) -> Value {
        let seen = self.seen(name);
        let tag = format!("gatewright.promotion.{number}");
        let mut versions = seen["versions"].as_object().unwrap().values();
        let text = versions.find_map(|version| version["tags"][&tag].as_str());
        serde_json::from_str(text.unwrap_or_else(|| panic!("no {tag}: {seen}"))).unwrap()
    }

    fn assert_live(&self, name: &str, version: &str, versions: usize, entries: usize) {
        assert_eq!(
            self.model(name),
            (json!(version), versions, entries),
            "{name}"
        );
    }
}

#[test]
fn a_bad_model_never_reaches_promotion_and_a_good_one_goes_live() {
    let Some(place) = Place::start() else { return };

    // A good model goes live in one environment after the other.
    let ran = place.forge.push(GOOD);
    ran.assert_discreet();
    insta::assert_snapshot!(ran.results(), @"
    staging: success
    staging-promotion: success
    prod: success
    prod-promotion: success
    prod-verify: success
    prod-rollback: skipped
    ");
    assert_eq!(ran.conclusion(), "success", "{}", ran.all_logs());
    for environment in ["staging", "prod"] {
        assert_promoted(&ran, environment);
        place.assert_live(&format!("fare-{environment}"), "1", 1, 1);
    }
    assert_approved(&place, &ran);

    // A bad one is trained and refused, and nothing after the gate begins, here or in `prod`.
    let ran = place.forge.push(BAD);
    ran.assert_discreet();
    insta::assert_snapshot!(ran.results(), @"
    staging: failure
    staging-promotion: skipped
    prod: skipped
    prod-promotion: skipped
    prod-verify: skipped
    prod-rollback: skipped
    ");
    assert_eq!(ran.conclusion(), "failure");
    assert_eq!(ran.step("staging", "Stage evaluate")["outcome"], "success");
    assert_eq!(ran.step("staging", "Gate promote")["outcome"], "failure");
    assert_eq!(
        ran.kept("staging-decisions", "promote.json")["verdict"],
        "blocked"
    );
    assert_eq!(ran.artifacts(), ["staging-decisions"]);
    for job in [
        "staging-promotion",
        "prod",
        "prod-promotion",
        "prod-verify",
        "prod-rollback",
    ] {
        never_began(&ran, job).unwrap();
    }
    place.assert_live("fare-staging", "1", 2, 1);
    place.assert_live("fare-prod", "1", 1, 1);

    weakened(&place);

    put_back(&place);
    by_hand(&place);
}

/// A model that is good, and of no use: it is put back, and the run is red.
fn put_back(place: &Place) {
    let ran = place.forge.push(UNFIT);
    ran.assert_discreet();
    insta::assert_snapshot!(ran.results(), @"
    staging: success
    staging-promotion: success
    prod: success
    prod-promotion: success
    prod-verify: failure
    prod-rollback: success
    ");
    assert_eq!(ran.conclusion(), "failure");
    let told = ran.logs("prod-rollback");
    assert!(
        told.contains("Rolled back: fare-prod version 1 is `champion` again"),
        "{told}"
    );
    place.assert_live("fare-prod", "1", 2, 3);
    let why = "verification failed in https://github.com/acme/fare/actions/runs/6";
    // GitHub's parser, made for editors, keeps the line ends that YAML folds.
    let entry = place.entry("fare-prod", 3);
    let words = entry["reason"].as_str().unwrap().split_whitespace();
    assert_eq!(words.collect::<Vec<_>>().join(" "), why);
}

/// By hand, to a version that a person names, with a reason that no shell reads.
fn by_hand(place: &Place) {
    let text = place.forge.workflow("rollback");
    let why = "it was \"$(right)\" ${all} `along`";
    let inputs = json!({"environment": "prod", "version": "2", "reason": why});
    let ran = place.forge.dispatch("rollback", &text, &inputs);
    insta::assert_snapshot!(ran.results(), @"
    staging: skipped
    prod: success
    ");
    assert_eq!(ran.conclusion(), "success", "{}", ran.all_logs());
    place.assert_live("fare-prod", "2", 2, 4);
    assert_eq!(place.entry("fare-prod", 4)["reason"], why);
}

/// The version that was judged is the one that went live, and what was decided is kept.
fn assert_promoted(ran: &Ran, environment: &str) {
    let promotion = format!("{environment}-promotion");
    assert_eq!(
        ran.job(environment)["outputs"],
        json!({"candidate_version": "1"})
    );
    assert_eq!(ran.job(environment)["environment"], environment);
    assert_eq!(ran.job(&promotion)["environment"], promotion.as_str());
    assert_eq!(ran.step(&promotion, "Promote")["outcome"], "success");
    for job in [environment, &promotion] {
        let decision = ran.kept(&format!("{job}-decisions"), "promote.json");
        assert_eq!(decision["verdict"], "pass");
        assert_eq!(decision["candidate"]["version"], 1, "{decision}");
        assert_eq!(decision["commit"], ran.commit.as_str());
    }
}

/// Who approved it is in the ledger, as the job that promotes may look that up.
fn assert_approved(place: &Place, ran: &Ran) {
    let approvals = |model: &str| place.entry(model, 1)["approvals"].clone();
    assert_eq!(approvals("fare-prod")[0]["by"], "ml-lead");
    assert_eq!(approvals("fare-staging"), json!([]));
    for request in place.github.received() {
        let token = request.header("authorization");
        assert_eq!(token, Some("Bearer ghs_token-of-prod-promotion"));
    }
    let permissions = |job: &str| ran.job(job)["permissions"].clone();
    let looks = json!({"actions": "read", "contents": "read"});
    assert_eq!(permissions("prod-promotion"), looks);
    assert_eq!(
        permissions("staging-promotion"),
        json!({"contents": "read"})
    );
}

/// Pipelines that somebody weakened: the test sees each of them, and the alias stays all the same,
/// as the promotion judges for itself.
fn weakened(place: &Place) {
    let text = place.forge.workflow("deliver");
    let (before, promotion) = text.split_once("\n  staging-promotion:\n").unwrap();
    let joined =
        |before: &str, promotion: &str| format!("{before}\n  staging-promotion:\n{promotion}");
    let mutants = [
        joined(
            before,
            &promotion.replacen(">-\n      github", ">-\n      always() && github", 1),
        ),
        joined(before, &promotion.replacen("    needs: [staging]\n", "", 1)),
        joined(
            &before.replacen(
                "id: gate-promote\n",
                "id: gate-promote\n        continue-on-error: true\n",
                1,
            ),
            promotion,
        ),
    ];
    for (index, mutant) in mutants.iter().enumerate() {
        assert_ne!(mutant, &text);
        let inputs = json!({"environment": "staging"});
        let ran = place.forge.dispatch("deliver", mutant, &inputs);
        let seen = never_began(&ran, "staging-promotion").unwrap_err();
        assert!(!seen.contains("--- Promote: success"), "{seen}");
        assert_eq!(
            place.model("fare-staging"),
            (json!("1"), 3 + index, 1),
            "{seen}"
        );
    }
}
