"""What a Router decided, as the events that a worker tells (media.messages)."""

from media import messages
from media.core.outputs import LayersWanted, SlotsChanged, SlotState, SpeakerChanged


def event_of(router: str, output: SlotsChanged | LayersWanted | SpeakerChanged) -> messages.Event:
    """Return the event for what concerns the participants of a router."""
    match output:
        case SlotsChanged(transport=transport, slots=slots):
            told = tuple(slot_of(slot) for slot in slots)
            return messages.SlotsChanged(router=router, transport=transport, slots=told)
        case LayersWanted(transport=transport, layers=layers):
            return messages.LayersWanted(router=router, transport=transport, layers=dict(layers))
        case SpeakerChanged(transport=speaker):
            return messages.SpeakerChanged(router=router, transport=speaker)


def slot_of(state: SlotState) -> messages.Slot:
    """Return a slot as it is told."""
    return messages.Slot(
        slot=state.slot, kind=state.kind, transport=state.transport, paused=state.paused
    )
