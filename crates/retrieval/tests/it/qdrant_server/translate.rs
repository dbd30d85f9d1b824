//! Qdrant's protocol → Qdrant Edge, for the requests that the store sends; anything else is refused.

use qdrant_client::qdrant::points_selector::PointsSelectorOneOf;
use qdrant_client::qdrant::{
    self as wire, Modifier, PointId, PointStruct, PointsSelector, PrefetchQuery, QueryPoints, condition,
    r#match::MatchValue, point_id::PointIdOptions, query, value::Kind, vector, vector_input, vectors, vectors_config,
};
use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::external::serde_json::{Map, Value};
use qdrant_edge::{
    AnyVariants, Condition, Distance, EdgeConfig, EdgeSparseVectorParams, EdgeVectorParams, FieldCondition, Filter,
    Fusion, JsonPath, Match, MultiVectorComparator, MultiVectorConfig, NamedQuery, Prefetch, QueryEnum, QueryRequest,
    ScoredPoint, ScoringQuery, SparseVector, TypedMultiDenseVector, Vector, VectorInternal, Vectors,
    WithPayloadInterface, WithVector,
};
use tonic::Status;

use super::engine::payload;

fn refused(what: &str) -> Status {
    Status::unimplemented(format!("the test server does not know {what}"))
}

pub fn key(name: &str) -> Result<JsonPath, Status> {
    name.parse().map_err(|()| refused(name))
}

pub fn config(ask: &wire::CreateCollection) -> Result<EdgeConfig, Status> {
    let dense = ask.vectors_config.as_ref().and_then(|config| config.config.as_ref());
    let Some(vectors_config::Config::ParamsMap(dense)) = dense else { return Err(refused("unnamed vectors")) };
    let mut config = EdgeConfig::builder();
    for (name, params) in &dense.map {
        if params.distance() != wire::Distance::Cosine {
            return Err(refused("distances but cosine"));
        }
        let mut vector = EdgeVectorParams::builder(params.size as usize, Distance::Cosine);
        if let Some(multi) = params.multivector_config {
            if multi.comparator() != wire::MultiVectorComparator::MaxSim {
                return Err(refused("such comparators"));
            }
            vector = vector.multivector_config(MultiVectorConfig { comparator: MultiVectorComparator::MaxSim });
        }
        config = config.vector(name, vector.build());
    }
    for (name, params) in ask.sparse_vectors_config.iter().flat_map(|config| &config.map) {
        if params.modifier() != Modifier::Idf {
            return Err(refused("sparse vectors without IDF"));
        }
        let sparse = EdgeSparseVectorParams::builder().modifier(qdrant_edge::Modifier::Idf).build();
        config = config.sparse_vector(name, sparse);
    }
    Ok(config.build())
}

pub fn point(point: &PointStruct) -> Result<qdrant_edge::PointStructPersisted, Status> {
    let options = point.vectors.as_ref().and_then(|vectors| vectors.vectors_options.as_ref());
    let Some(vectors::VectorsOptions::Vectors(named)) = options else { return Err(refused("unnamed vectors")) };
    let vectors = named.vectors.iter().map(|(name, vector)| Ok((name.as_str(), numbers(vector)?)));
    let vectors: Vec<(&str, Vector)> = vectors.collect::<Result<_, Status>>()?;
    let fields = point.payload.iter().map(|(key, value)| match &value.kind {
        Some(Kind::StringValue(text)) => Ok((key.clone(), Value::String(text.clone()))),
        _ => Err(refused("payloads but strings")),
    });
    let fields: Map<String, Value> = fields.collect::<Result<_, _>>()?;
    let id = point.id.as_ref().and_then(|id| id.point_id_options.as_ref());
    let Some(PointIdOptions::Uuid(id)) = id else { return Err(refused("numbers as ids")) };
    let id = qdrant_edge::PointId::Uuid(id.parse().map_err(|_| refused("such an id"))?);
    Ok(qdrant_edge::PointStruct::new(id, Vectors::new_named(vectors), payload(fields)).into())
}

fn numbers(vector: &wire::Vector) -> Result<Vector, Status> {
    match &vector.vector {
        Some(vector::Vector::Dense(dense)) => Ok(VectorInternal::Dense(dense.data.clone()).into()),
        Some(vector::Vector::Sparse(sparse)) => Ok(words(sparse).into()),
        Some(vector::Vector::MultiDense(multi)) => {
            let rows = multi.vectors.iter().map(|dense| dense.data.clone()).collect();
            let multi = TypedMultiDenseVector::try_from_matrix(rows).map_err(|_| refused("ragged vectors"))?;
            Ok(VectorInternal::MultiDense(multi).into())
        }
        _ => Err(refused("such vectors")),
    }
}

fn words(sparse: &wire::SparseVector) -> VectorInternal {
    VectorInternal::Sparse(SparseVector { indices: sparse.indices.clone(), values: sparse.values.clone() })
}

pub fn selected(points: Option<&PointsSelector>) -> Result<Filter, Status> {
    match points.and_then(|points| points.points_selector_one_of.as_ref()) {
        Some(PointsSelectorOneOf::Filter(by)) => filter(by),
        _ => Err(refused("deleting but by filter")),
    }
}

fn filter(by: &wire::Filter) -> Result<Filter, Status> {
    if !by.should.is_empty() || by.min_should.is_some() {
        return Err(refused("should"));
    }
    let all = |conditions: &[wire::Condition]| conditions.iter().map(condition).collect::<Result<Vec<_>, _>>();
    Ok(Filter { must: Some(all(&by.must)?), must_not: Some(all(&by.must_not)?), ..Filter::new() })
}

fn condition(condition: &wire::Condition) -> Result<Condition, Status> {
    let Some(condition::ConditionOneOf::Field(field)) = &condition.condition_one_of else {
        return Err(refused("such conditions"));
    };
    let any = match field.r#match.as_ref().and_then(|wanted| wanted.match_value.as_ref()) {
        Some(MatchValue::Keyword(one)) => vec![one.clone()],
        Some(MatchValue::Keywords(any)) => any.strings.clone(),
        _ => return Err(refused("such matches")),
    };
    let any = Match::new_any(AnyVariants::Strings(any.into_iter().collect()));
    Ok(Condition::Field(FieldCondition::new_match(key(&field.key)?, any)))
}

pub fn query(ask: &QueryPoints) -> Result<QueryRequest, Status> {
    let Some(query::Variant::Rrf(rrf)) = ask.query.as_ref().and_then(|query| query.variant.as_ref()) else {
        return Err(refused("queries but RRF"));
    };
    let weights = (!rrf.weights.is_empty()).then(|| rrf.weights.iter().copied().map(OrderedFloat).collect());
    Ok(QueryRequest {
        prefetches: ask.prefetch.iter().map(prefetch).collect::<Result<_, _>>()?,
        query: Some(ScoringQuery::Fusion(Fusion::Rrf { k: rrf.k.unwrap_or(2) as usize, weights })),
        filter: ask.filter.as_ref().map(filter).transpose()?,
        score_threshold: None,
        limit: ask.limit.unwrap_or(10) as usize,
        offset: 0,
        params: None,
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(false),
    })
}

fn prefetch(half: &PrefetchQuery) -> Result<Prefetch, Status> {
    let Some(query::Variant::Nearest(input)) = half.query.as_ref().and_then(|query| query.variant.as_ref()) else {
        return Err(refused("prefetches but nearest"));
    };
    let vector = match &input.variant {
        Some(vector_input::Variant::Dense(dense)) => VectorInternal::Dense(dense.data.clone()),
        Some(vector_input::Variant::Sparse(sparse)) => words(sparse),
        _ => return Err(refused("such vectors")),
    };
    let using = half.using.clone().ok_or_else(|| refused("unnamed vectors"))?;
    Ok(Prefetch {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery::new(vector, using)))),
        limit: half.limit.unwrap_or(10) as usize,
        params: None,
        filter: half.filter.as_ref().map(filter).transpose()?,
        score_threshold: half.score_threshold.map(OrderedFloat),
    })
}

pub fn scored(point: &ScoredPoint) -> wire::ScoredPoint {
    let id = PointId::from(point.id.to_string());
    wire::ScoredPoint { id: Some(id), score: point.score, ..wire::ScoredPoint::default() }
}
