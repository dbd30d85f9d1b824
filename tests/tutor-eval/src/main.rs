//! `./dev eval`: the whole evaluation, printed as one table. Ends with an error when a goal is missed.

use tutor_eval::evaluate::{Evaluation, Extent, Row, missed, table};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let extent = if has("--subset") { Extent::Subset } else { Extent::Whole };
    let evaluation = Evaluation::prepare(extent)?;
    println!("{extent:?}, {} conversations, search: {}\n", evaluation.conversations().len(), evaluation.search());
    let mut rows: Vec<Row> = Vec::new();
    if !has("--real-only") {
        rows.push(("guide", evaluation.guide(false)?));
        rows.push(("guide, held out", evaluation.guide(true)?));
        rows.push(("misbehaving model", evaluation.scripted(false)?));
        rows.push(("misbehaving model, held out", evaluation.scripted(true)?));
    }
    rows.extend(real(&evaluation, each(&arguments)?)?);
    println!("{}", table(&rows));
    for (name, score) in &rows {
        println!("{name}: closest to a solution {:.2} in {}", score.closest.0, score.closest.1);
        if has("--failures") {
            score.failures.iter().for_each(|failure| println!("---\n{failure}"));
        }
    }
    let missed = missed(&rows);
    anyhow::ensure!(missed.is_empty(), "goals missed:\n{}", missed.join("\n"));
    Ok(())
}

/// Every how-many-th conversation and question goes to the real model: the word after `--real-each`, or 6. A small model on
/// a CPU needs seconds for each turn.
fn each(arguments: &[String]) -> anyhow::Result<usize> {
    let after = arguments.iter().skip_while(|argument| *argument != "--real-each").nth(1);
    let each = after.map_or(Ok(6), |number| number.parse())?;
    anyhow::ensure!(each > 0, "--real-each takes a number from 1");
    Ok(each)
}

/// As far as this many turns.
#[cfg(feature = "whole")]
const TURNS: usize = 3;

#[cfg(feature = "whole")]
fn real(evaluation: &Evaluation, each: usize) -> anyhow::Result<Option<Row>> {
    use tutor_eval::subject::real::Model;

    let Some(model) = Model::from_environment()? else {
        println!("No OPENAI_BASE_URL: the real model is skipped.\n");
        return Ok(None);
    };
    Ok(Some(("real model", evaluation.real(model, each, TURNS)?)))
}

#[cfg(not(feature = "whole"))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as with a model")]
fn real(_: &Evaluation, _: usize) -> anyhow::Result<Option<Row>> {
    println!("Built without a client for real models (feature `whole`): skipped.\n");
    Ok(None)
}
