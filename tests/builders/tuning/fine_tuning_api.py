"""OpenAI's files and fine-tuning jobs on loopback: what a job needs, with faults to order."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from tests.openai_provider.provider import Provider, Query, Refused, Reply

__all__ = ["FineTuningAPI"]


@dataclass
class FineTuningAPI(Provider):
    """``script``: the states a job goes through, one each time it is looked at. ``failure``: what
    is said of a job that fails."""

    script: tuple[str, ...] = ("validating_files", "running", "succeeded")
    failure: str = "the training file is not to our taste"
    jobs: list[Reply] = field(default_factory=list)
    events: dict[str, list[Reply]] = field(default_factory=dict)
    looked_at: threading.Event = field(default_factory=threading.Event)

    def _route(self, method: str, path: str, query: Query, headers: Any, body: bytes) -> Any:
        match (method, path.removeprefix("/v1/").split("/")):
            case ("POST", ["fine_tuning", "jobs"]):
                return self._create(json.loads(body))
            case ("GET", ["fine_tuning", "jobs"]):
                wanted = query.get("metadata[warmbench]", [None])[0]
                jobs = [j for j in self.jobs if wanted in (None, j["metadata"].get("warmbench"))]
                return self._listed(jobs[::-1], query)
            case ("GET", ["fine_tuning", "jobs", job_id]):
                return self._look_at(job_id)
            case ("GET", ["fine_tuning", "jobs", job_id, "events"]):
                return self._listed(self.events[job_id][::-1], query)
            case ("GET", ["fine_tuning", "jobs", job_id, "checkpoints"]):
                return self._listed(_checkpoints(job_id), query)
        return super()._route(method, path, query, headers, body)

    def _create(self, body: Reply) -> Reply:
        if body["training_file"] not in self.contents:
            raise Refused(400, f"invalid training_file: {body['training_file']}")
        if not body["model"].startswith("gpt-"):
            raise Refused(404, f"The model `{body['model']}` does not exist")
        self.bodies.append(body)
        job_id = f"ftjob-{len(self.jobs) + 1}"
        job = {
            "id": job_id,
            "object": "fine_tuning.job",
            "created_at": len(self.jobs),
            "error": None,
            "fine_tuned_model": None,
            "finished_at": None,
            "hyperparameters": body["method"]["supervised"]["hyperparameters"],
            "method": body["method"],
            "metadata": body["metadata"],
            "model": body["model"],
            "organization_id": "org-1",
            "result_files": [],
            "seed": body["seed"],
            "status": "queued",
            "trained_tokens": None,
            "training_file": body["training_file"],
            "validation_file": body.get("validation_file"),
            "suffix": body["suffix"],
        }
        self.jobs.append(job)
        self.events[job_id] = [_event(0, f"Created fine-tuning job: {job_id}")]
        return job

    def _look_at(self, job_id: str) -> Reply:
        job = next((job for job in self.jobs if job["id"] == job_id), None)
        if job is None:
            raise Refused(404, f"Could not find fine tune: {job_id}")
        self.looked_at.set()
        seen = len(self.events[job_id]) - 1
        if seen < len(self.script):
            job["status"] = self.script[seen]
            self.events[job_id].append(_event(seen + 1, f"The job is {job['status']}"))
        if job["status"] == "succeeded":
            job["fine_tuned_model"] = f"ft:{job['model']}:org:{job['suffix']}:{job_id}"
            job["trained_tokens"] = 1234
        if job["status"] == "failed":
            job["error"] = {"code": "invalid", "message": self.failure, "param": None}
        return job


def _event(number: int, message: str) -> Reply:
    return {
        "id": f"ftevent-{number}",
        "object": "fine_tuning.job.event",
        "created_at": number,
        "level": "info",
        "message": message,
    }


def _checkpoints(job_id: str) -> list[Reply]:
    """Newest first, as OpenAI lists them."""
    return [
        {
            "id": f"ftckpt-{step}",
            "object": "fine_tuning.job.checkpoint",
            "created_at": step,
            "fine_tuned_model_checkpoint": f"ft:{job_id}:ckpt-step-{step}",
            "fine_tuning_job_id": job_id,
            "metrics": {"step": step, "train_loss": 1.0 / step, "full_valid_loss": None},
            "step_number": step,
        }
        for step in (20, 10)
    ]
