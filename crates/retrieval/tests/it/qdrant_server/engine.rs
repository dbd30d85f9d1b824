//! What the server does.

use std::path::Path;

use qdrant_client::qdrant::{
    CollectionExists, CollectionExistsRequest, CollectionExistsResponse, CollectionOperationResponse, CreateCollection,
    CreateFieldIndexCollection, DeletePoints, FacetCounts, FacetHit, FacetResponse, FacetValue,
    PointsOperationResponse, QueryPoints, QueryResponse, UpdateResult, UpdateStatus, UpsertPoints, facet_value,
};
use qdrant_edge::external::serde_json;
use qdrant_edge::{
    CreateIndex, EdgeShard, FacetRequest, FieldIndexOperations, PayloadFieldSchema, PayloadSchemaType,
    PointInsertOperations, PointOperations, UpdateOperation,
};
use tempfile::TempDir;
use tonic::Status;

use super::{State, translate};

/// A collection: one shard of Qdrant Edge.
pub struct Collection {
    shard: EdgeShard,
    _dir: TempDir,
}

pub fn failed(error: impl std::fmt::Display) -> Status {
    Status::internal(error.to_string())
}

impl State {
    pub fn exists(&self, ask: &CollectionExistsRequest) -> Result<CollectionExistsResponse, Status> {
        let exists = self.collections.lock().unwrap().contains_key(&ask.collection_name);
        Ok(CollectionExistsResponse { result: Some(CollectionExists { exists }), time: 0.0 })
    }

    pub fn create(&self, ask: &CreateCollection) -> Result<CollectionOperationResponse, Status> {
        let mut collections = self.collections.lock().unwrap();
        if collections.contains_key(&ask.collection_name) {
            return Err(Status::already_exists("a collection of that name"));
        }
        collections.insert(ask.collection_name.clone(), Collection::create(ask)?);
        Ok(CollectionOperationResponse { result: true, time: 0.0 })
    }

    pub fn on<T>(&self, name: &str, act: impl FnOnce(&Collection) -> Result<T, Status>) -> Result<T, Status> {
        match self.collections.lock().unwrap().get(name) {
            Some(collection) => act(collection),
            None => Err(Status::not_found(format!("Collection `{name}` doesn't exist!"))),
        }
    }
}

impl Collection {
    fn create(ask: &CreateCollection) -> Result<Self, Status> {
        let dir = tempfile::tempdir().map_err(failed)?;
        let path: &Path = dir.path();
        let shard = EdgeShard::new(path, translate::config(ask)?).map_err(failed)?;
        Ok(Self { shard, _dir: dir })
    }

    fn update(&self, operation: UpdateOperation) -> Result<PointsOperationResponse, Status> {
        self.shard.update(operation).map_err(failed)?;
        let result = UpdateResult { status: UpdateStatus::Completed.into(), ..UpdateResult::default() };
        Ok(PointsOperationResponse { result: Some(result), ..PointsOperationResponse::default() })
    }

    pub fn index(&self, ask: &CreateFieldIndexCollection) -> Result<PointsOperationResponse, Status> {
        let schema = PayloadFieldSchema::FieldType(PayloadSchemaType::Keyword);
        let field_name = translate::key(&ask.field_name)?;
        let create = CreateIndex { field_name, field_schema: Some(schema) };
        self.update(UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(create)))
    }

    pub fn upsert(&self, ask: &UpsertPoints) -> Result<PointsOperationResponse, Status> {
        let points = ask.points.iter().map(translate::point).collect::<Result<Vec<_>, _>>()?;
        let insert = PointInsertOperations::PointsList(points);
        self.update(UpdateOperation::PointOperation(PointOperations::UpsertPoints(insert)))
    }

    pub fn delete(&self, ask: &DeletePoints) -> Result<PointsOperationResponse, Status> {
        let filter = translate::selected(ask.points.as_ref())?;
        self.update(UpdateOperation::PointOperation(PointOperations::DeletePointsByFilter(filter)))
    }

    pub fn facet(&self, ask: &FacetCounts) -> Result<FacetResponse, Status> {
        let limit = usize::try_from(ask.limit.unwrap_or(10)).map_err(failed)?;
        let request =
            FacetRequest { key: translate::key(&ask.key)?, limit, filter: None, exact: ask.exact.unwrap_or_default() };
        let hits = self.shard.facet(request).map_err(failed)?.hits.into_iter().map(|hit| {
            let qdrant_edge::FacetValue::Keyword(text) = hit.value else { return Err(failed("not a keyword")) };
            let value = FacetValue { variant: Some(facet_value::Variant::StringValue(text)) };
            Ok(FacetHit { value: Some(value), count: hit.count as u64 })
        });
        Ok(FacetResponse { hits: hits.collect::<Result<_, _>>()?, ..FacetResponse::default() })
    }

    pub fn query(&self, ask: &QueryPoints) -> Result<QueryResponse, Status> {
        let found = self.shard.query(translate::query(ask)?).map_err(failed)?;
        let result = found.iter().map(translate::scored).collect();
        Ok(QueryResponse { result, ..QueryResponse::default() })
    }
}

/// Payloads are JSON to Edge and values to the protocol; ours are keywords alone.
pub fn payload(fields: serde_json::Map<String, serde_json::Value>) -> serde_json::Value {
    serde_json::Value::Object(fields)
}
