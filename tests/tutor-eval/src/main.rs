//! `./dev eval`: the whole evaluation, printed as one table. Ends with an error when a goal is missed.

use tutor_eval::evaluate::{Evaluation, Extent, Row, missed, table};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let extent = if has("--subset") { Extent::Subset } else { Extent::Whole };
    let evaluation = Evaluation::prepare(extent)?;
    println!("{extent:?}, {} conversations, search: {}\n", evaluation.conversations().len(), evaluation.search());
    let mut rows: Vec<Row> = vec![
        ("guide", evaluation.guide(false)?),
        ("guide, held out", evaluation.guide(true)?),
        ("misbehaving model", evaluation.scripted(false)?),
        ("misbehaving model, held out", evaluation.scripted(true)?),
    ];
    rows.extend(real(&evaluation)?);
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

/// Every n-th conversation and question goes to the real model, as far as this many turns: a small
/// model on a CPU needs seconds for each.
#[cfg(feature = "whole")]
const SAMPLE: (usize, usize) = (6, 3);

#[cfg(feature = "whole")]
fn real(evaluation: &Evaluation) -> anyhow::Result<Option<Row>> {
    use tutor_eval::subject::real::Model;

    let Some(model) = Model::from_environment()? else {
        println!("No OPENAI_BASE_URL: the real model is skipped.\n");
        return Ok(None);
    };
    Ok(Some(("real model", evaluation.real(model, SAMPLE.0, SAMPLE.1)?)))
}

#[cfg(not(feature = "whole"))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as with a model")]
fn real(_: &Evaluation) -> anyhow::Result<Option<Row>> {
    println!("Built without a client for real models (feature `whole`): skipped.\n");
    Ok(None)
}
