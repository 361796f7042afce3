"""The Reply: the one way out. Whatever the bot says, in any channel, on any fault, is one of these, and none can be built
without saying how to leave quickly.

In: what the dialogue wants said (response names, contact ids, situations). Out: one message, ready to show.
"""

from dataclasses import dataclass
from typing import Any, Iterable, Mapping

from bot.directory import NEEDED, Contact, Directory
from bot.sentences import Choice, Sentences, value_of
from bot.understanding.labels import IMMEDIATE_DANGER, NONE


@dataclass(frozen=True)
class QuickExit:
    """How to leave: the words of this channel, and the neutral address to leave for."""

    text: str
    url: str


@dataclass(frozen=True)
class NamedContact:
    """A contact as a reply names it."""

    id: str
    name: str
    how: str
    why: str
    phone: str | None = None
    url: str | None = None

    @property
    def line(self) -> str:
        return f"- {self.title}: {self.how}"

    @property
    def title(self) -> str:
        return f"{self.name[0].upper()}{self.name[1:]}"


@dataclass(frozen=True)
class Reply:
    """What goes back for one thing that a person said or did. `text` always ends with the quick exit: nothing else makes a text."""

    body: str
    quick_exit: QuickExit
    situations: tuple[str, ...] = ()
    urgency: str = NONE
    contacts: tuple[NamedContact, ...] = ()
    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.quick_exit, QuickExit) or not self.quick_exit.text.strip() or not self.quick_exit.url.strip():
            raise ValueError("a reply needs a quick exit, with its words and its address")

    @property
    def text(self) -> str:
        return f"{self.body}\n\n{self.quick_exit.text}" if self.body else self.quick_exit.text

    def to_dict(self) -> dict[str, Any]:
        """The contract's fields, ready for JSON; what is not known of a contact is left out."""
        contacts = [{key: value for key, value in vars(contact).items() if value is not None} for contact in self.contacts]
        return {
            "text": self.text,
            "situations": list(self.situations),
            "urgency": self.urgency,
            "contacts": contacts,
            "choices": [dict(vars(choice)) for choice in self.choices],
            "quick_exit": dict(vars(self.quick_exit)),
        }


class ReplyWriter:
    """Writes the replies of one channel."""

    def __init__(self, sentences: Sentences, directory: Directory, channel: str, exit_url: str) -> None:
        self.channel = channel
        self._sentences = sentences
        self._directory = directory
        self._quick_exit = QuickExit(sentences.get("utter_quick_exit", channel).text, exit_url)

    def leaving(self) -> Reply:
        """The exit, and nothing else to read."""
        return Reply("", self._quick_exit, situations=("leave_now",))

    def fault(self, name: str = "utter_something_went_wrong") -> Reply:
        """The reply to a fault: `name` says what happened, and 999 and 101 are there to be called."""
        contacts = tuple(self._named(self._directory[contact], self._directory[contact].for_whom) for contact in NEEDED)
        return Reply(self._sentences.get(name, self.channel).text, self._quick_exit, contacts=contacts)

    def write(
        self, messages: Iterable[Mapping[str, Any]], situations: Iterable[str] = (), urgency: str = NONE, offered: Iterable[str] = ()
    ) -> Reply:
        """One reply from all that a turn uttered, in its order: Rasa messages with `text`, `buttons`, and `custom` parts of
        the actions (`contacts`: ids with why, and with the hint that stands before a contact where its reason may not hold;
        `already_told`: those that the text names itself; `brief`: true, for the number alone in each line; `details`: a contact told of
        at length; `numbers`: ids, a number each and nothing else; `facts`: one field of some contacts; `urgency` and `situations`: where
        they are not the message's own; `leave`: true; `fault`: a response). `offered`: values of choices that come before the others, but
        for danger, where there are words for them.
        Raises KeyError where an action names a contact that the directory lacks."""
        parts: list[str] = []
        contacts: list[NamedContact] = []
        choices: list[Choice] = []
        for message in messages:
            custom = message.get("custom") or {}
            if custom.get("leave"):
                return self.leaving()
            if "fault" in custom:
                return self.fault(custom["fault"])
            if message.get("text"):
                parts.append(message["text"].strip())
            urgency, situations = custom.get("urgency", urgency), custom.get("situations", situations)
            told = set(custom.get("already_told", []))
            for entry in custom.get("contacts", []):
                hint = entry.get("hint")
                # The widget shows the reason and not the line.
                contact = self._named(self._directory[entry["id"]], f"{hint}. {entry['why']}" if hint else entry["why"])
                contacts.append(contact)
                if contact.id not in told:
                    line = self._brief(contact) if custom.get("brief") else contact.line
                    parts.append(line.replace(f"- {contact.title}", f"- {hint}: {contact.name}", 1) if hint else line)
            if "details" in custom:
                asked = self._directory[custom["details"]]
                contacts.append(self._named(asked, asked.for_whom))
                parts += details(asked)
            for contact_id in custom.get("numbers", []):
                contact = self._named(self._directory[contact_id], self._directory[contact_id].for_whom)
                contacts.append(contact)
                parts.append(f"- {contact.title}: {contact.phone or contact.url}")
            for contact_id in custom.get("facts", {}).get("contacts", []):
                asked = self._directory[contact_id]
                contacts.append(self._named(asked, asked.for_whom))
                parts.append(f"- {contacts[-1].title}: {getattr(asked, custom['facts']['field'])}")
            choices += [Choice(button["title"], value_of(button["payload"]) or "") for button in message.get("buttons") or []]
        there = {choice.value for choice in choices}
        others = [Choice(label, value) for value in offered if value not in there and (label := self._sentences.label(value))]
        # The way to say that there is danger stays the first.
        first = 1 if choices and choices[0].value == IMMEDIATE_DANGER else 0
        choices[first:first] = others
        return Reply("\n".join(parts), self._quick_exit, tuple(situations), urgency, tuple(contacts), tuple(choices))

    def _brief(self, contact: NamedContact) -> str:
        """The line of a contact in a reply that names many; where there is no number, as it always is."""
        if not contact.phone:
            return contact.line
        through = self._directory[contact.id].reached_through
        return f"- {contact.title}: call {contact.phone}{' and ask for it' if through else ''}."

    def _named(self, contact: Contact, why: str) -> NamedContact:
        through = self._directory[contact.reached_through] if contact.reached_through else contact
        return NamedContact(contact.id, contact.name, contact.how, why, through.phone, contact.url)


def details(contact: Contact) -> list[str]:
    """What the directory knows of a contact, line by line, for who asked about it."""
    lines = [f"{contact.name[0].upper()}{contact.name[1:]}.", contact.for_whom, contact.how]
    if contact.when_you_call:
        lines.append(contact.when_you_call)
    if contact.hours:
        lines.append(f"Hours: {contact.hours}.")
    if contact.cost:
        lines.append(f"Cost: {contact.cost}.")
    return lines
