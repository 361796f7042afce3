"""The directory: the real file is sound, and a file with a mistake in it is refused in one sentence."""

import json
import re

import pytest
import yaml

from bot.directory import Directory, load_directory
from bot.errors import DirectoryError, StartError
from bot.settings import ROOT

REAL = ROOT / "data/contacts/bedfordshire.yml"

# As Ofcom's numbering plan has them: what comes after the 0, by kind.
UK_NUMBER = re.compile(r"0(1\d{8,9}|2\d{9}|3\d{9}|7\d{9}|800\d{6,7}|808\d{7})")
SHORT_CODES = {"999", "101", "111", "159", "116123", "116000", "18000", "18001101", "61016", "08001111"}
NUMBER_IN_WORDS = re.compile(r"(?<![\w.])(?:0\d[\d ]{6,}\d|116 123|18001 101|18000|61016)(?!\w)")


def entry(**changes):
    """A contact with nothing wrong, and then `changes`; a field set to ... is left out."""
    fields = {
        "id": "helper", "name": "a helper", "phone": "0800 555 111", "for_whom": "Anyone.", "how": "Call 0800 555 111.",
        "aliases": ["helper"], "sources": [{"url": "https://example.org/", "dated": "2026"}], "checked": "2026-11-24",
    }  # fmt: skip
    fields.update(changes)
    return {key: value for key, value in fields.items() if value is not ...}


@pytest.fixture()
def refused(tmp_path):
    """Writes a file, expects it to be refused, and gives the sentence back."""

    def refuse(content) -> str:
        path = tmp_path / "force.yml"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        with pytest.raises(DirectoryError) as problem:
            load_directory(path)
        sentence = str(problem.value)
        assert sentence.startswith("force.yml")
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert "Traceback" not in sentence
        return sentence

    return refuse


def file_of(*entries):
    return {"force": "A Force", "area": "An area", "contacts": list(entries)}


@pytest.fixture(scope="module")
def real() -> Directory:
    return load_directory(REAL)


def test_the_real_file_loads_in_its_own_order(real):
    ids = [written["id"] for written in yaml.safe_load(REAL.read_text(encoding="utf-8"))["contacts"]]
    assert list(real) == ids
    assert len(real) == len(ids)
    assert real.force == "Bedfordshire Police"


@pytest.mark.parametrize("contact", ["999", "101", "crimestoppers", "emerald", "rasso", "be_heard", "samaritans", "childline", "respect"])
def test_the_contract_s_contacts_are_there(real, contact):
    assert real[contact].id == contact


@pytest.mark.parametrize(("contact", "phone"), [("999", "999"), ("101", "101"), ("crimestoppers", "0800 555 111")])
def test_the_numbers_of_the_force_s_own_page_stand_as_written_there(real, contact, phone):
    assert real[contact].phone == phone


@pytest.mark.parametrize("contact", ["emerald", "rasso", "be_heard"])
def test_a_team_without_a_number_of_its_own_is_reached_through_101_and_says_so(real, contact):
    assert real[contact].phone is None
    assert real[contact].reached_through == "101"
    assert "101" in real[contact].how


def test_the_police_team_and_the_centre_that_are_both_called_emerald_are_told_apart(real):
    assert "not the police Emerald team" in real["emerald_centre"].how
    assert "not the Emerald Centre" in real["emerald"].when_you_call


def test_what_crimestoppers_is_not_for_is_said(real):
    assert "not for danger" in real["crimestoppers"].for_whom


def test_every_fact_has_a_source_with_an_address_and_a_date(real):
    for contact in real.values():
        assert contact.sources, contact.id
        for source in contact.sources:
            assert source.url.startswith(("https://", "http://")), contact.id
            assert source.dated.isdigit() or source.dated == "undated", contact.id
        assert contact.checked.year >= 2026, contact.id


def test_every_phone_is_a_number_that_the_uk_has(real):
    for contact in real.values():
        if contact.phone is not None:
            digits = contact.phone.replace(" ", "")
            assert digits in SHORT_CODES or UK_NUMBER.fullmatch(digits), f"{contact.id}: {contact.phone}"


def test_every_text_line_is_a_number_or_a_mail_address(real):
    for contact in real.values():
        if contact.text is not None and "@" not in contact.text:
            digits = contact.text.replace(" ", "")
            assert digits in SHORT_CODES or UK_NUMBER.fullmatch(digits), f"{contact.id}: {contact.text}"


def test_every_number_in_the_words_of_an_entry_is_that_entry_s_own_or_another_s(real):
    known = {value.replace(" ", "") for contact in real.values() for value in (contact.phone, contact.text) if value}
    for contact in real.values():
        words = " ".join(filter(None, (contact.name, contact.for_whom, contact.how, contact.when_you_call, contact.cost)))
        for number in NUMBER_IN_WORDS.findall(words):
            assert number.replace(" ", "") in known, f"{contact.id}: {number}"


def test_the_number_of_an_entry_is_said_in_how_to_reach_it(real):
    for contact in real.values():
        if contact.phone is not None:
            assert contact.phone in contact.how, contact.id


def test_every_contact_can_be_reached_somehow(real):
    for contact in real.values():
        assert contact.phone or contact.text or contact.url or contact.reached_through, contact.id


def test_no_alias_belongs_to_two_contacts(real):
    owners: dict[str, str] = {}
    for contact in real.values():
        for alias in contact.aliases:
            assert owners.setdefault(alias.lower(), contact.id) == contact.id, alias


def test_no_entry_shouts_or_promises_what_others_do(real):
    for contact in real.values():
        words = " ".join(filter(None, (contact.name, contact.for_whom, contact.how, contact.when_you_call)))
        assert "!" not in words, contact.id
        assert "police will" not in words.lower(), contact.id


def test_json_leaves_out_what_is_not_known(real):
    contacts = {contact["id"]: contact for contact in json.loads(json.dumps(real.to_dict()))["contacts"]}
    assert list(contacts) == list(real)
    assert "phone" not in contacts["emerald"]
    assert "hours" not in contacts["101"]
    assert contacts["999"]["phone"] == "999"
    assert not [contact for contact in contacts.values() if None in contact.values()]


def test_json_has_the_sources_and_dates(real):
    contact = json.loads(json.dumps(real.to_dict()))["contacts"][0]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", contact["checked"])
    assert set(contact["sources"][0]) == {"url", "dated"}


def test_a_contact_cannot_be_changed_afterwards(real):
    with pytest.raises(TypeError):
        real["999"].phone = "998"


def test_a_contact_without_the_optional_fields_loads(tmp_path):
    path = tmp_path / "force.yml"
    path.write_text(yaml.safe_dump(file_of(entry(id="999", phone="999"), entry(id="101", phone="101"), entry(phone=...))), encoding="utf-8")
    loaded = load_directory(path)["helper"]
    assert (loaded.phone, loaded.url, loaded.hours) == (None, None, None)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("fax", {"fax": "0800 555 111"}),
        ("sources", {"sources": ...}),
        ("sources", {"sources": []}),
        ("sources", {"sources": "https://example.org/"}),
        ("sources.0.url", {"sources": [{"dated": "2026"}]}),
        ("sources.0.url", {"sources": [{"url": "example.org", "dated": "2026"}]}),
        ("sources.0.url", {"sources": [{"url": "ftp://example.org/", "dated": "2026"}]}),
        ("sources.0.dated", {"sources": [{"url": "https://example.org/"}]}),
        ("sources.0.dated", {"sources": [{"url": "https://example.org/", "dated": " "}]}),
        ("sources.0.seen", {"sources": [{"url": "https://example.org/", "dated": "2026", "seen": "today"}]}),
        ("sources.1.url", {"sources": [{"url": "https://example.org/", "dated": "2026"}, {"url": "https://two words", "dated": "2026"}]}),
        ("phone", {"phone": "call us"}),
        ("phone", {"phone": ""}),
        ("phone", {"phone": "0800-555-111"}),
        ("phone", {"phone": "0800 555 111 "}),
        ("phone", {"phone": "0800 555 111 (free)"}),
        ("url", {"url": "www.example.org"}),
        ("url", {"url": "javascript:alert(1)"}),
        ("name", {"name": ...}),
        ("name", {"name": "   "}),
        ("for_whom", {"for_whom": ...}),
        ("how", {"how": None}),
        ("how", {"how": ""}),
        ("hours", {"hours": ""}),
        ("aliases", {"aliases": []}),
        ("aliases", {"aliases": ...}),
        ("aliases", {"aliases": "helper"}),
        ("checked", {"checked": ...}),
        ("checked", {"checked": "last week"}),
        ("checked", {"checked": "2026-13-01"}),
        ("reached_through", {"reached_through": "nobody"}),
    ],
)
def test_a_mistake_in_an_entry_is_told_by_entry_and_field(refused, field, changes):
    sentence = refused(file_of(entry(id="999", phone="999"), entry(**changes)))
    assert "entry helper" in sentence
    assert f"field {field}" in sentence


@pytest.mark.parametrize("identity", ["Helper", "two words", "", "a-b", "é", "a\nb"])
def test_an_id_that_is_not_short_and_lower_case_is_refused(refused, identity):
    assert "field id" in refused(file_of(entry(id=identity)))


def test_an_entry_without_an_id_is_told_by_its_place(refused):
    assert "entry 2, field id" in refused(file_of(entry(), entry(id=...)))


def test_an_id_that_stands_twice_is_refused(refused):
    assert "entry helper, field id" in refused(file_of(entry(), entry(name="another helper")))


def test_a_field_whose_name_is_no_text_is_refused(refused):
    assert "entry helper" in refused(file_of({**entry(), 7: "seven"}))


@pytest.mark.parametrize("not_an_entry", ["helper", ["helper"], None, 999])
def test_an_entry_that_is_no_list_of_fields_is_told_by_its_place(refused, not_an_entry):
    assert "entry 2" in refused(file_of(entry(), not_an_entry))


@pytest.mark.parametrize("written", ["checked: 2026", "checked: 20261124"])
def test_a_bare_number_is_not_taken_for_a_date_in_1970(refused, written):
    text = yaml.safe_dump(file_of(entry())).replace("checked: '2026-11-24'", written)
    assert written in text
    assert "entry helper, field checked" in refused(text)


def test_a_phone_without_quotes_is_refused_where_yaml_would_read_another_number(refused):
    # YAML takes a number that starts with 0 and has no 8 or 9 for base eight: another number, and nobody would notice.
    text = yaml.safe_dump(file_of(entry())).replace("phone: 0800 555 111", "phone: 01214567123")
    assert "01214567123" in text
    assert "entry helper, field phone" in refused(text)


def test_a_field_that_stands_twice_in_an_entry_is_refused(refused):
    text = yaml.safe_dump(file_of(entry())).replace("phone: 0800 555 111", "phone: 0800 555 111\n  phone: 0800 555 112")
    assert text.count("phone:") == 2
    refused(text)


@pytest.mark.parametrize(
    "content",
    [
        "force: [unclosed",
        "force: 'unclosed",
        "force: A\n\tarea: B",
        "force: !!python/object/apply:os.getcwd []",
        "? [a, b]\n: {c: d}\n? {e: f}\n: g",
        "a: *nobody",
    ],
)
def test_invalid_yaml_is_refused(refused, content):
    assert "YAML" in refused(content)


def test_invalid_yaml_is_told_by_its_line(refused):
    assert "line 3" in refused("force: A\narea: B\ncontacts: ]\n")


@pytest.mark.parametrize(
    "content",
    [
        "", "just words", "- a\n- b", "7", "null",
        {"force": "A", "area": "B"},
        {"force": "A", "area": "B", "contacts": []} | {"extra": 1},
        {"force": "A", "area": "B", "contacts": {"helper": {}}},
        {"force": "A", "area": "B", "contacts": None},
        {"force": "A", "area": "B", "contacts": "helper"},
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused(refused, content):
    assert "force, area and contacts" in refused(content)


@pytest.mark.parametrize("missing", [{"force": None}, {"area": None}, {"force": ""}])
def test_a_force_or_area_without_a_name_is_refused(refused, missing):
    refused({**file_of(entry()), **missing})


@pytest.mark.parametrize("content", [b"\xff\xfe\x00broken", "force: Ä".encode("latin-1"), b"force: \x00"])
def test_a_file_that_is_no_utf_8_text_is_refused(refused, content):
    refused(content)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "missing.yml", tmp_path):
        with pytest.raises(DirectoryError, match="cannot be read"):
            load_directory(path)


def test_a_mistake_stops_the_start_in_the_family_of_start_errors():
    assert issubclass(DirectoryError, StartError)
