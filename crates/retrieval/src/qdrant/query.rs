//! One search as one request: both halves, each with the filter inside, fused by the server.

use qdrant_client::qdrant::{
    Condition, DenseVector, Filter, PointId, PrefetchQuery, PrefetchQueryBuilder, Query, QueryPoints,
    QueryPointsBuilder, RrfBuilder, ScoredPoint, SparseVector, VectorInput, point_id::PointIdOptions,
    vector_input::Variant,
};
use uuid::Uuid;

use crate::hybrid::{BM25, CANDIDATES, DENSE, DENSE_FLOOR, DENSE_WEIGHT, RRF_K, STAGE};
use crate::{Hit, Scope};

/// The request; `None` when there is nothing to ask for or nothing may be seen.
pub(super) fn request(
    collection: &str,
    words: Option<qdrant_edge::SparseVector>,
    dense: Option<&[f32]>,
    scope: &Scope,
    limit: usize,
) -> Option<QueryPoints> {
    // "Any of none" must mean nothing, whatever the server makes of it.
    if scope.stage_ids.is_empty() || limit == 0 || (words.is_none() && dense.is_none()) {
        return None;
    }
    let candidates = u64::try_from(limit.max(CANDIDATES)).unwrap_or(u64::MAX);
    let half = |name: &str, vector: Variant| prefetch(name, vector, scope, candidates);
    let weights = [words.as_ref().map(|_| 1.0), dense.map(|_| DENSE_WEIGHT)].into_iter().flatten().collect();
    let mut request = QueryPointsBuilder::new(collection)
        .query(Query::new_rrf(RrfBuilder::with_k(u32::from(RRF_K)).weights(weights)))
        .limit(candidates.saturating_mul(2));
    if let Some(words) = words {
        let sparse = SparseVector { values: words.values, indices: words.indices };
        request = request.add_prefetch(half(BM25, Variant::Sparse(sparse)));
    }
    if let Some(dense) = dense {
        let near = half(DENSE, Variant::Dense(DenseVector { data: dense.to_vec() }));
        request = request.add_prefetch(PrefetchQuery { score_threshold: Some(DENSE_FLOOR), ..near });
    }
    Some(request.build())
}

/// One half of a search; the filter is inside it, so nothing outside the scope is a candidate.
fn prefetch(name: &str, vector: Variant, scope: &Scope, limit: u64) -> PrefetchQuery {
    let stages: Vec<String> = scope.stage_ids.iter().map(Uuid::to_string).collect();
    PrefetchQueryBuilder::default()
        .query(Query::new_nearest(VectorInput { variant: Some(vector) }))
        .using(name)
        .filter(Filter::must([Condition::matches(STAGE, stages)]))
        .limit(limit)
        .build()
}

/// A point of the answer as a hit.
pub(super) fn hit(point: &ScoredPoint) -> Option<Hit> {
    let Some(PointId { point_id_options: Some(PointIdOptions::Uuid(id)) }) = &point.id else { return None };
    Some(Hit { chunk_id: id.parse().ok()?, score: point.score })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use qdrant_client::qdrant::{r#match::MatchValue, query};

    use super::*;
    use crate::bm25::Bm25;

    fn scope() -> Scope {
        Scope { stage_ids: vec![Uuid::now_v7(), Uuid::now_v7()] }
    }

    fn words() -> Option<qdrant_edge::SparseVector> {
        Bm25::new().unwrap().question("gimbal lock")
    }

    /// The stages that a filter lets pass; panics when it holds anything else.
    fn stages(filter: &Filter) -> Vec<String> {
        assert!(filter.should.is_empty() && filter.must_not.is_empty() && filter.min_should.is_none());
        let [condition] = &*filter.must else { panic!("one condition: {filter:?}") };
        let Some(qdrant_client::qdrant::condition::ConditionOneOf::Field(field)) = &condition.condition_one_of else {
            panic!("a field: {condition:?}")
        };
        assert_eq!(field.key, STAGE);
        match field.r#match.as_ref().unwrap().match_value.as_ref().unwrap() {
            MatchValue::Keywords(any) => any.strings.clone(),
            other => panic!("any of some keywords: {other:?}"),
        }
    }

    #[test]
    fn every_prefetch_carries_the_whole_filter() {
        let scope = scope();
        let wanted: Vec<String> = scope.stage_ids.iter().map(Uuid::to_string).collect();
        for dense in [None, Some(&[0.5_f32, 0.5][..])] {
            let request = request("c", words(), dense, &scope, 8).unwrap();
            assert_eq!(request.prefetch.len(), 1 + usize::from(dense.is_some()));
            for half in &request.prefetch {
                assert!(half.prefetch.is_empty());
                assert_eq!(stages(half.filter.as_ref().unwrap()), wanted);
            }
        }
    }

    #[test]
    fn the_halves_are_fused_by_rank_and_nothing_is_cut_before() {
        let request = request("c", words(), Some(&[1.0]), &scope(), 60).unwrap();
        let Some(query::Variant::Rrf(rrf)) = request.query.unwrap().variant else { panic!("not fused by rank") };
        assert_eq!((rrf.k, rrf.weights), (Some(u32::from(RRF_K)), vec![1.0, DENSE_WEIGHT]));
        assert_eq!(request.prefetch.iter().map(|half| half.limit).collect::<Vec<_>>(), [Some(60), Some(60)]);
        assert_eq!(request.limit, Some(120));
        assert_eq!(
            request.prefetch.iter().map(|half| half.score_threshold).collect::<Vec<_>>(),
            [None, Some(DENSE_FLOOR)]
        );
    }

    #[test]
    fn an_empty_scope_and_an_empty_question_are_not_even_sent() {
        assert!(request("c", words(), Some(&[1.0]), &Scope::default(), 8).is_none());
        assert!(request("c", None, None, &scope(), 8).is_none());
        assert!(request("c", words(), None, &scope(), 0).is_none());
    }
}
