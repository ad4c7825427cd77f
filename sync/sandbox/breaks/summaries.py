"""Day and month journals of a channel that are not the sum of their documents."""

from __future__ import annotations

from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.company import Fact
from sync.sandbox.qbo_consolidated import Bucket


def _differs(variant: str) -> Injector:
    """The journal leaves one document out, or has it with another amount."""

    def inject(scene: Scene) -> Expected:
        summaries = scene.integration.summaries
        choice = [bucket for bucket in summaries.journals if _ended(scene, bucket) and _whole(scene, bucket)]
        if not choice:
            raise NoSuchCase("no summary of several documents that agrees; sales of this company are not consolidated")
        bucket = scene.random.choice(sorted(choice))
        facts = _live(summaries.facts[bucket])
        scene.reserve(*(fact.whole for fact in facts))
        odd = scene.random.choice(facts)
        percent = 0 if variant == "left out" else 118
        told = [pair._replace(amount=pair.amount * percent // 100) for pair in odd.pairs]
        summaries.told[id(odd)] = [pair for pair in told if pair.amount]
        _rewritten(scene, bucket)
        txn = summaries.journals[bucket]
        return Expected("consolidation_differs", variant,
                        scene.findings("consolidation_differs", "error", facts, [txn], subject=txn.number))  # fmt: skip

    return inject


def _rewritten(scene: Scene, bucket: Bucket) -> None:
    scene.integration.summaries.dirty[bucket] = None
    scene.integration.summaries.write()


def _live(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if not fact.voided and fact.pairs]


def _ended(scene: Scene, bucket: Bucket) -> bool:
    """A running month's journal is written again every day, under another date."""
    running = scene.world.today.replace(day=1)
    return scene.world.switches.consolidation == "day" or bucket.first < running


def _whole(scene: Scene, bucket: Bucket) -> bool:
    facts = scene.integration.summaries.facts[bucket]
    live = _live(facts)
    large = all(sum(pair.amount for pair in fact.pairs) > 100 for fact in live)
    return len(live) > 1 and large and not any(fact.whole in scene.taken for fact in facts)


CONSOLIDATION_DIFFERS = {variant: _differs(variant) for variant in ("left out", "changed")}
