//! The index itself: blocking calls on one Qdrant Edge shard.

use std::path::Path;

use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::{
    CreateIndex, Distance, EdgeConfig, EdgeShard, EdgeSparseVectorParams, EdgeVectorParams, FieldIndexOperations,
    Filter, Fusion, JsonPath, Modifier, MultiVectorComparator, MultiVectorConfig, NamedQuery, OperationError,
    PayloadFieldSchema, PayloadSchemaType, PointId, PointInsertOperations, PointOperations, PointStructPersisted,
    Prefetch, QueryEnum, QueryRequest, ScoredPoint, ScoringQuery, UpdateOperation, VectorInternal, WalOptions,
    WithPayloadInterface, WithVector,
};
use uuid::Uuid;

use super::points;
use crate::bm25::Bm25;
use crate::hybrid::{
    BM25, CANDIDATES, DENSE, DENSE_FLOOR, DENSE_WEIGHT, LESSON, RRF_K, STAGE, checked, of_one_lesson, ranked,
};
use crate::{Chunk, Hit, Query, Scope, StoreError};

/// Points per write. One write is one record of the write-ahead log, which must fit a segment.
const BATCH: usize = 64;
/// Size of a segment of the write-ahead log in bytes.
const WAL_SEGMENT: usize = 8 * 1024 * 1024;

/// A shard with its payload keys parsed and its tokenizer made.
#[derive(Debug)]
pub(super) struct Shard {
    shard: EdgeShard,
    bm25: Bm25,
    stage: JsonPath,
    lesson: JsonPath,
    dimensions: usize,
}

impl Shard {
    /// An empty shard in an empty directory, for dense vectors of `dimensions` numbers.
    pub(super) fn create(dir: &Path, dimensions: usize) -> Result<Self, StoreError> {
        let this = Self {
            shard: EdgeShard::new(dir, config(dimensions))?,
            dimensions,
            bm25: Bm25::new()?,
            stage: key(STAGE)?,
            lesson: key(LESSON)?,
        };
        this.index_keyword(&this.stage)?;
        this.index_keyword(&this.lesson)?;
        Ok(this)
    }

    fn index_keyword(&self, field: &JsonPath) -> Result<(), StoreError> {
        let schema = PayloadFieldSchema::FieldType(PayloadSchemaType::Keyword);
        let create = CreateIndex { field_name: field.clone(), field_schema: Some(schema) };
        let operation = FieldIndexOperations::CreateIndex(create);
        Ok(self.shard.update(UpdateOperation::FieldIndexOperation(operation))?)
    }

    /// A lesson's chunks as points; everything is checked before anything is touched.
    pub(super) fn points(&self, lesson: Uuid, chunks: &[Chunk]) -> Result<Vec<PointStructPersisted>, StoreError> {
        of_one_lesson(lesson, chunks)?;
        chunks.iter().map(|chunk| points::point(&self.bm25, chunk, self.dimensions)).collect()
    }

    pub(super) fn replace_lesson(&self, lesson: Uuid, points: &[PointStructPersisted]) -> Result<(), StoreError> {
        self.remove_lesson(lesson)?;
        for batch in points.chunks(BATCH) {
            let insert = PointInsertOperations::PointsList(batch.to_vec());
            self.write(PointOperations::UpsertPoints(insert))?;
        }
        Ok(())
    }

    /// Merges, cleans up and, where there are many vectors, builds their graph.
    pub(super) fn optimize(&self) -> Result<(), StoreError> {
        let changed = self.shard.optimize()?;
        tracing::debug!(changed, "the index was put in order");
        Ok(())
    }

    pub(super) fn remove_lesson(&self, lesson: Uuid) -> Result<(), StoreError> {
        let filter = points::any_of(&self.lesson, &[lesson]);
        self.write(PointOperations::DeletePointsByFilter(filter))
    }

    fn write(&self, operation: PointOperations) -> Result<(), StoreError> {
        Ok(self.shard.update(UpdateOperation::PointOperation(operation))?)
    }

    pub(super) fn search(&self, query: &Query, scope: &Scope, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let dense = query.dense.as_deref().map(|dense| checked(dense, self.dimensions)).transpose()?;
        // "Any of none" must mean nothing here, whatever the index makes of it.
        if scope.stage_ids.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let sparse = self.bm25.question(&query.text);
        let filter = points::any_of(&self.stage, &scope.stage_ids);
        let candidates = limit.max(CANDIDATES);
        let floor = Some(OrderedFloat(DENSE_FLOOR));
        let halves = [
            sparse.map(|words| (1.0, BM25, VectorInternal::Sparse(words), None)),
            dense.map(|vector| (DENSE_WEIGHT, DENSE, VectorInternal::Dense(vector.to_vec()), floor)),
        ];
        let (weights, prefetches): (Vec<_>, Vec<_>) = halves
            .into_iter()
            .flatten()
            .map(|(weight, name, vector, floor)| {
                let half = prefetch(name, vector, &filter, candidates);
                (OrderedFloat(weight), Prefetch { score_threshold: floor, ..half })
            })
            .unzip();
        if prefetches.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.shard.query(fused(prefetches, weights, candidates.saturating_mul(2)))?;
        Ok(ranked(found.iter().filter_map(hit).collect(), limit))
    }
}

/// One half of a search; the filter is inside it, so nothing outside the scope is a candidate.
fn prefetch(name: &str, vector: VectorInternal, filter: &Filter, limit: usize) -> Prefetch {
    let nearest = QueryEnum::Nearest(NamedQuery::new(vector, name));
    Prefetch {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(nearest)),
        limit,
        params: None,
        filter: Some(filter.clone()),
        score_threshold: None,
    }
}

fn fused(prefetches: Vec<Prefetch>, weights: Vec<OrderedFloat<f32>>, limit: usize) -> QueryRequest {
    QueryRequest {
        prefetches,
        query: Some(ScoringQuery::Fusion(Fusion::Rrf { k: RRF_K.into(), weights: Some(weights) })),
        filter: None,
        score_threshold: None,
        limit,
        offset: 0,
        params: None,
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(false),
    }
}

fn hit(point: &ScoredPoint) -> Option<Hit> {
    match point.id {
        PointId::Uuid(chunk_id) => Some(Hit { chunk_id, score: point.score }),
        PointId::NumId(_) => None,
    }
}

/// No HNSW graph: some thousand vectors are searched exactly in a millisecond or two.
fn config(dimensions: usize) -> EdgeConfig {
    let nearest = MultiVectorConfig { comparator: MultiVectorComparator::MaxSim };
    let sparse = EdgeSparseVectorParams::builder().modifier(Modifier::Idf).build();
    let wal = WalOptions { segment_capacity: WAL_SEGMENT, ..WalOptions::default() };
    EdgeConfig::builder()
        .vector(DENSE, EdgeVectorParams::builder(dimensions, Distance::Cosine).multivector_config(nearest).build())
        .sparse_vector(BM25, sparse)
        .wal_options(wal)
        .build()
}

fn key(name: &str) -> Result<JsonPath, StoreError> {
    name.parse().map_err(|()| StoreError::Index(format!("{name} is no payload key")))
}

impl From<OperationError> for StoreError {
    fn from(error: OperationError) -> Self {
        Self::Index(error.to_string())
    }
}
