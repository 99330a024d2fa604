"""The command line of an installation: places are opened, people hired, licences vouched for, access renewed."""
import re
from uuid import UUID

import pyotp
import pytest
from typer.testing import CliRunner

from app.audit import AuditEntry
from app.cli import app
from app.identity import api as identity
from app.work import HOUSE, NOBODY, all_of
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from tests.identity.scenes import whoever


@pytest.fixture
def run(house):
    """Run a command on this house; answers with its status, what it said and what it complained about."""
    def told(*words):
        # the callback of the whole command line would build a house from the environment
        room = next(one.typer_instance for one in app.registered_groups if one.name == words[0])
        result = CliRunner().invoke(room, [str(word) for word in words[1:]], obj=lambda: house)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout.strip(), result.stderr
    return told


def done(result):
    status, out, wrong = result
    assert status == 0, (out, wrong)
    return out


def refused(result, *words):
    status, out, wrong = result
    assert status == 2 and out == ""
    assert all(word in wrong for word in words), wrong


def opened(run):
    return done(run("places", "open", "hospital", "--name-zh", "新院", "--name-en", "New Hospital", "--internet",
                    "--licence-no", "H1", "--licence-expires", "2030-01-01"))


def hired(run, login="lin", role="doctor", *more):
    name = ("--name-zh", "林静", "--name-en", "Lin Jing")
    told = done(run("staff", "hire", login, "--role", role, *name, *more))
    return re.search(r"password: (\S+)", told)[1], re.search(r"authenticator: (\S+)", told)[1]


def sign_in(house, login, password, secret):
    with house.write(NOBODY) as work:
        return identity.sign_in(work, login, password, pyotp.TOTP(secret).at(house.clock.now()), None, None)


def submitted(run, login="lin"):
    return done(run("licences", "submit", login, "--registration-no", "11010001", "--independent-since", "2015-01-01",
                    "--expires", "2030-01-01", "--specialty", "internal_medicine"))


def test_every_command_is_in_the_house_own_command_line():
    names = {group.name for group in app.registered_groups}
    assert {"places", "staff", "licences", "pharmacies"} <= names


def test_an_empty_installation_gets_a_hospital_a_doctor_and_their_licence(house, run):
    place = opened(run)
    access = hired(run, "lin", "doctor", "--department", "internal_medicine", "--fee-fen", 3000)
    admin = hired(run, "bai", "admin")
    file = submitted(run)
    assert "submitted" in done(run("licences", "list"))
    assert done(run("licences", "verify", file, "--by", "bai")) == "verified"
    doctor, _ = sign_in(house, "lin", *access)
    sign_in(house, "bai", *admin)
    with house.read(HOUSE) as work:
        assert str(identity.hospital_id(work)) == place
        [lin] = identity.practitioners(work, "internal_medicine")
        assert identity.licence_of(work, lin.id).places == [place] and lin.fee_fen == 3000
        assert doctor.account_id == lin.account_id
    assert "Lin Jing" in done(run("staff", "list")) and "verified" in done(run("licences", "list"))


def test_there_is_one_hospital_and_what_it_is_called_is_asked_in_both_languages(run):
    opened(run)
    refused(run("places", "open", "hospital", "--name-zh", "二", "--name-en", "Second"), "open already")
    refused(run("places", "open", "palace", "--name-zh", "二", "--name-en", "Second"), "hospital, partner_hospital")
    refused(run("places", "open", "clinic", "--name-zh", "二", "--name-en", "Second", "--address-zh", "路"), "both")
    assert len(done(run("places", "list")).splitlines()) == 1


@pytest.mark.parametrize(("words", "told"), [
    (("--role", "wizard"), "role"), (("--role", "doctor", "--department", "magic"), "department"),
    (("--role", "doctor", "--specialty", "magic"), "specialt"), (("--role", "doctor", "--title-zh", "主任"), "title")])
def test_a_hiring_that_does_not_hold_changes_nothing(house, run, words, told):
    opened(run)
    refused(run("staff", "hire", "lin", "--name-zh", "林", "--name-en", "Lin", *words), told)
    with house.read(HOUSE) as work:
        assert all_of(work, identity.Account) == []


def test_a_user_name_is_given_once(run):
    opened(run)
    hired(run, "bai", "admin")
    assert run("staff", "hire", "BAI", "--role", "operator", "--name-zh", "白", "--name-en", "Bai")[0] == 2


def test_a_withdrawn_role_ends_at_once_and_can_be_given_again(house, run):
    opened(run)
    access = hired(run, "bai", "admin")
    session, token = sign_in(house, "bai", *access)
    assert whoever(house, token) is not None
    done(run("staff", "withdraw", "bai", "admin"))
    assert whoever(house, token) is None
    refused(run("staff", "withdraw", "bai", "admin"), "no role")
    done(run("staff", "give", "bai", "operator"))
    done(run("staff", "give", "bai", "operator"))
    refused(run("staff", "give", "bai", "doctor"), "hired")


def test_renewed_access_shuts_out_whoever_had_the_old_one(house, run):
    opened(run)
    old = hired(run, "bai", "admin")
    _, token = sign_in(house, "bai", *old)
    told = done(run("staff", "renew", "bai"))
    new = re.search(r"password: (\S+)", told)[1], re.search(r"authenticator: (\S+)", told)[1]
    house.clock.forward(minutes=1)
    assert whoever(house, token) is None
    for wrong in (old, (old[0], new[1]), (new[0], old[1])):
        with pytest.raises(Exception, match="(?i)sign|code|password|验证|密码|登录"):
            sign_in(house, "bai", *wrong)
    assert sign_in(house, "bai", *new)
    with house.read(HOUSE) as work:
        assert [one.action for one in all_of(work, AuditEntry)].count("AccessRenewed") == 1


def test_only_an_administrator_vouches_and_a_reason_is_written(run):
    opened(run)
    hired(run, "lin", "doctor", "--department", "internal_medicine")
    hired(run, "qin", "compliance")
    hired(run, "bai", "admin")
    file = submitted(run)
    refused(run("licences", "verify", file, "--by", "qin"), "no administrator")
    refused(run("licences", "verify", file, "--by", "nobody"), "there is no")
    done(run("licences", "verify", file, "--by", "bai"))
    assert run("licences", "suspend", file, "--by", "bai", "--reason", " ")[0] == 2
    assert done(run("licences", "suspend", file, "--by", "bai", "--reason", "register asked")) == "suspended"
    done(run("licences", "verify", file, "--by", "bai"))


PAPERS = ("--registration-no", "11010001", "--independent-since", "2015-01-01", "--specialty", "internal_medicine")


def until(house, file):
    with house.read(HOUSE) as work:
        kept = work.get(identity.LicenceFile, UUID(file))
        return kept.state, kept.expires.isoformat(), kept.filed_until and kept.filed_until.isoformat()


def test_papers_are_renewed_before_their_last_day_and_after_it(house, run, worker):
    opened(run)
    hired(run, "lin", "doctor", "--department", "internal_medicine")
    hired(run, "bai", "admin")
    file = submitted(run)
    assert run("licences", "renew", file, "--by", "bai", *PAPERS, "--expires", "2031-01-01")[0] == 2    # not verified
    done(run("licences", "verify", file, "--by", "bai"))
    done(run("licences", "renew", file, "--by", "bai", *PAPERS, "--expires", "2028-01-01",
             "--filed-until", "2027-12-31"))
    assert until(house, file) == ("verified", "2028-01-01", "2027-12-31")
    assert run("licences", "renew", file, "--by", "bai", *PAPERS, "--expires", "2020-01-01")[0] == 2
    house.clock.forward(days=800)
    worker.run_until_idle()
    assert until(house, file)[0] == "expired"
    done(run("licences", "renew", file, "--by", "bai", *PAPERS, "--expires", "2035-01-01"))
    assert until(house, file) == ("verified", "2035-01-01", None)
    house.clock.forward(days=30)
    worker.run_until_idle()    # the timer of the old papers
    assert until(house, file)[0] == "verified"


def test_a_suspended_licence_gets_new_papers_and_stays_suspended(house, run):
    opened(run)
    hired(run, "lin", "doctor", "--department", "internal_medicine")
    hired(run, "bai", "admin")
    file = submitted(run)
    done(run("licences", "verify", file, "--by", "bai"))
    done(run("licences", "suspend", file, "--by", "bai", "--reason", "register asked"))
    done(run("licences", "renew", file, "--by", "bai", *PAPERS, "--expires", "2035-01-01"))
    assert until(house, file)[:2] == ("suspended", "2035-01-01")


def test_the_papers_of_a_place_are_renewed(house, run):
    place = opened(run)
    done(run("places", "renew", place, "--licence-expires", "2040-01-01"))
    with house.read(HOUSE) as work:
        kept = identity.hospital(work)
        assert (kept.licence_expires.isoformat(), kept.licence_no, kept.licensed_internet) == ("2040-01-01", "H1", True)
    refused(run("places", "renew", place), "nothing")
    assert run("places", "renew", "019a0000-0000-7000-8000-000000000000", "--online")[0] == 2


def test_a_doctor_whose_role_was_withdrawn_may_come_back(house, run):
    opened(run)
    access = hired(run, "lin", "doctor", "--department", "internal_medicine")
    done(run("staff", "withdraw", "lin", "doctor"))
    done(run("staff", "give", "lin", "doctor"))
    sign_in(house, "lin", *access)
    refused(run("staff", "give", "lin", "pharmacist"), "hired")


def test_a_licence_belongs_to_a_doctor_and_holds_today(run):
    opened(run)
    hired(run, "qin", "compliance")
    refused(run("licences", "submit", "qin", "--registration-no", "1101", "--independent-since", "2015-01-01",
                "--expires", "2030-01-01", "--specialty", "internal_medicine"), "no doctor")


# --- pharmacies -----------------------------------------------------------------------------------------------


def shelf(tmp_path, *lines, head="product_code,on_hand,price_fen"):
    path = tmp_path / "stock.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def joined(run):
    opened(run)
    place = done(run("places", "open", "pharmacy", "--name-zh", "康", "--name-en", "Kang", "--online"))
    done(run("pharmacies", "join", place, "--opens", "07:30", "--cold-chain"))
    return place


def product():
    return next(one.code for drug in prescribing.load().drugs.values() for one in drug.products)


def test_a_pharmacy_joins_and_fills_its_shelves(house, run, tmp_path):
    place, code = joined(run), product()
    assert done(run("pharmacies", "stock", place, shelf(tmp_path, f"{code},12,990"))) == "1 products"
    assert done(run("pharmacies", "stock", place, shelf(tmp_path, f"{code},11,980"))) == "1 products"
    with house.read(HOUSE) as work:
        assert [(row.on_hand, row.price_fen) for row in all_of(work, pharmacy.Stock)] == [(11, 980)]
    assert "07:30–22:00" in done(run("pharmacies", "list"))


@pytest.mark.parametrize("line", ["nothing,1,100", "{},-1,100", "{},1,0", "{},1.5,100", "{},1,", "{}", "{},１,100"])
def test_a_shelf_that_does_not_hold_changes_nothing_and_names_its_line(house, run, tmp_path, line):
    place, code = joined(run), product()
    refused(run("pharmacies", "stock", place, shelf(tmp_path, f"{code},12,990", line.format(code))), "line 3")
    with house.read(HOUSE) as work:
        assert all_of(work, pharmacy.Stock) == []


def printed(run):
    return done(run("pharmacies", "products")).splitlines()


def test_the_sheet_of_all_products_is_filled_in_and_taken_back(house, run, tmp_path):
    place, (head, *lines) = joined(run), printed(run)
    assert head == "product_code,on_hand,price_fen,name_zh,name_en,strength,pack"
    codes = [line.split(",")[0] for line in lines]
    assert set(codes) == {one.code for drug in prescribing.load().drugs.values() for one in drug.products}
    lines[1] = lines[1].replace(",,,", ",12,990,", 1)
    assert done(run("pharmacies", "stock", place, shelf(tmp_path, *lines, head=head))) == "1 products"
    with house.read(HOUSE) as work:
        assert [(row.product_code, row.on_hand, row.price_fen) for row in all_of(work, pharmacy.Stock)] == [
            (codes[1], 12, 990)]


def test_a_sheet_that_nobody_filled_in_or_only_half_is_refused(run, tmp_path):
    place, (head, *lines) = joined(run), printed(run)
    refused(run("pharmacies", "stock", place, shelf(tmp_path, *lines, head=head)), "no row is filled in")
    half = lines[0].replace(",,,", ",12,,", 1)
    refused(run("pharmacies", "stock", place, shelf(tmp_path, half, *lines[1:], head=head)), "line 2", "price_fen")


def test_an_unknown_product_is_told_where_the_codes_stand(run, tmp_path):
    place = joined(run)
    for wrong in (shelf(tmp_path, "nothing,1,100"), shelf(tmp_path, head="code;packs")):
        refused(run("pharmacies", "stock", place, wrong), "`fuzhen pharmacies products`")


def test_a_file_that_is_no_table_is_refused(run, tmp_path):
    place = joined(run)
    refused(run("pharmacies", "stock", place, shelf(tmp_path, head="code;packs")), "first line")
    raw = tmp_path / "raw.csv"
    raw.write_bytes(b"product_code,on_hand,price_fen\n\xff\xfe,1,2\n")
    refused(run("pharmacies", "stock", place, raw), "UTF-8")


def test_only_a_pharmacy_joins_and_once(run):
    place = joined(run)
    hospital = done(run("places", "list")).split()[0]
    refused(run("pharmacies", "join", place), "already")
    assert run("pharmacies", "join", hospital)[0] == 2
    refused(run("pharmacies", "join", place, "--opens", "25:00"), "HH:MM")
