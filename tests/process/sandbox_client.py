"""A client of Decentro's DigiLocker API that knows the published shapes alone, and nothing of this project.

Drives the sandbox at the address given as the first argument through both suites. Prints one line per check, and ends
with 1 at the first answer that is not what the API's documentation has.
"""

import base64
import http.client
import json
import re
import sys
import urllib.parse

BASE = urllib.parse.urlsplit(sys.argv[1])
HEADERS = {
    "client_id": "python-client",
    "client_secret": "made-up",
    "Content-Type": "application/json",
    "Accept": "application/json",
}
PURPOSE = "KYC for opening a bank account"
ENVELOPE = ["decentroTxnId", "status", "responseCode", "message", "data", "responseKey"]
count = 0


def fail(what, got):
    sys.exit(f"{what}: {json.dumps(got)[:600]}")


def send(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=20)
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, HEADERS if headers is None else headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read().decode("utf-8")


def call(method, path, fields, expected, common=None):
    """Makes a call and compares status, code, key and the keys of the envelope; returns the answer."""
    global count
    status_code, code, key = expected
    body = None
    if method == "POST":
        count += 1
        body = {"reference_id": f"python-{count}", "consent": True, **(common or {}), **fields}
    headers = HEADERS if method == "POST" else {name: HEADERS[name] for name in ("client_id", "client_secret")}
    got_status, got_headers, text = send(method, path, body, headers)
    answer = json.loads(text)
    if (got_status, answer["responseCode"], answer["responseKey"]) != (status_code, code, key):
        fail(f"{method} {path} is not {expected}", [got_status, answer])
    if answer["status"] != ("SUCCESS" if status_code == 200 else "FAILURE"):
        fail(f"{path} has another status", answer)
    keys = [name for name in ENVELOPE if name in answer]
    if list(answer) != keys or ("data" in answer) and status_code != 200:
        fail(f"{path} has another envelope", list(answer))
    if not re.fullmatch(r"[0-9A-F]{32}", answer["decentroTxnId"]) or not answer["message"]:
        fail(f"{path} has no transaction ID or no message", answer)
    if got_headers["X-DECENTRO-URN"] != answer["decentroTxnId"]:
        fail(f"{path} has another URN", dict(got_headers))
    print(f"{method} {re.sub('[0-9A-F]{32}', 'ID', path)} {key}")
    return answer


def follow(link, choice):
    """Plays the end user with a browser's means, and returns the query of the redirect."""
    path = urllib.parse.urlsplit(link).path
    status, headers, _ = send("GET", path, headers={})
    if status != 303:
        fail("the link does not open", status)
    visit = headers["Location"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    while True:
        status, _, page = send("GET", visit, headers={})
        names = re.findall(r'<input\s[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', page)
        fields = [(name, value) for name, value in names if value]
        is_last = 'name="decision"' in page
        data = urllib.parse.urlencode(fields + ([("decision", choice)] if is_last else []))
        connection = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=20)
        connection.request("POST", visit, data, form)
        response = connection.getresponse()
        response.read()
        if response.status != 303:
            fail("the form is refused", [response.status, data])
        if is_last:
            return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(response.headers["Location"]).query))


def has_keys(what, got, keys):
    if sorted(got) != sorted(keys):
        fail(f"{what} has other keys", sorted(got))


def is_file(what, text, beginning):
    if not base64.b64decode(text, validate=True).startswith(beginning):
        fail(f"{what} is no such file", text[:40])


ACCESS = ["expiresIn", "name", "dob", "gender", "eaadhaar"]
ROW = ["name", "description", "type", "size", "date", "parent", "mime", "uri", "doctype", "issuerid", "issuer"]
DATA = ["documentIssuer", "documentName", "documentType", "idNumber", "userName", "userDateOfBirth", "userGender"]
DATA += ["documentVerifiedOn", "documentStatus"]
AADHAAR = ["aadhaarReferenceNumber", "aadhaarUid", "proofOfIdentity", "proofOfAddress", "image"]
IDENTITY = ["name", "dob", "gender", "hashedEmail", "hashedMobileNumber"]
ADDRESS = ["careOf", "house", "street", "landmark", "locality", "vtc", "subDistrict", "district", "state", "country"]
ADDRESS += ["pincode", "postOffice"]


def check_access(answer):
    has_keys("the access token", answer["data"], ACCESS)
    if answer["data"]["expiresIn"] != 3600 or not re.fullmatch(r"\d\d-\d\d-\d{4}", answer["data"]["dob"]):
        fail("the access token", answer)


def check_documents(path, extra, common):
    """Fetches everything; `path` names the calls, `extra` is what each body has besides."""
    success = "S00000"
    files = call("POST", path["issued"], extra, (200, success, "success_issued_files"), common)["data"]
    for row in files:
        has_keys("an issued file", row, ROW)
        if row["type"] != "file" or not isinstance(row["mime"], list):
            fail("an issued file", row)
    for row in files:
        fields = {**extra, "file_urn": row["uri"]}
        answer = call("POST", path["file"], fields, (200, success, "success_file_download"), common)
        has_keys("a download", answer["data"], ["file"])
        is_file(row["uri"], answer["data"]["file"], b"\xff\xd8\xff" if "image/jpeg" in row["mime"] else b"%PDF-")
    row = next(row for row in files if "application/json" in row["mime"])
    fields = {**extra, "file_urn": row["uri"]}
    data = call("POST", path["data"], fields, (200, success, "success_file_data"), common)["data"]
    has_keys("the data of a file", data, DATA)
    key = "success_eaadhaar_download"
    aadhaar = call("POST", path["eaadhaar"], extra, (200, success, key), common)["data"]
    has_keys("the eAadhaar", aadhaar, AADHAAR)
    has_keys("the identity", aadhaar["proofOfIdentity"], IDENTITY)
    has_keys("the address", aadhaar["proofOfAddress"], ADDRESS)
    forms = {**extra, "generate_xml": True, "generate_pdf": True}
    aadhaar = call("POST", path["eaadhaar"], forms, (200, success, key), common)["data"]
    has_keys("the whole eAadhaar", aadhaar, AADHAAR + ["pdf", "xml"])
    is_file("the photograph", aadhaar["image"], b"\xff\xd8\xff")
    is_file("the PDF", aadhaar["pdf"], b"%PDF-")
    is_file("the XML", aadhaar["xml"], b"<?xml")
    fields = {**extra, "file_urn": "in.gov.nobody-NONE-0"}
    call("POST", path["file"], fields, (400, "E00009", "error_provider_error"), common)


def start(path, fields, common):
    answer = call("POST", path, fields, (200, "S00000", "success_initiate_session"), common)
    has_keys("a session", answer["data"], ["authorizationUrl"])
    return answer["decentroTxnId"], answer["data"]["authorizationUrl"]


def classic(is_abstract):
    base = "/v2/kyc/digilocker"
    common = {"consent_purpose": PURPOSE}
    redirect = {"redirect_url": "https://app.example/return?own=1", "abstract_access_token": is_abstract}
    session, link = start(f"{base}/initiate_session", redirect, common)
    extra = {"initial_decentro_transaction_id": session}
    early = (400, "E00009", "error_provider_error")
    call("POST", f"{base}/issued_files", extra, early, common)
    query = follow(link, "allow")
    if is_abstract:
        if query != {"own": "1", "status": "SUCCESS", "initiation_decentro_transaction_id": session}:
            fail("the redirect with abstraction", query)
    else:
        has_keys("the redirect without abstraction", query, ["own", "code", "state"])
        if query["state"] != session:
            fail("the state", query)
        token = f"{base}/access_token/code"
        call("POST", token, {**extra, "digilocker_code": ""}, (400, "E00009", "error_empty_code"), common)
        fields = {**extra, "digilocker_code": query["code"]}
        check_access(call("POST", token, fields, (200, "S00007", "success_access_token"), common))
        call("POST", token, fields, (400, "E00009", "error_provider_error"), common)
    paths = {"issued": "issued_files", "file": "file", "data": "file/data", "eaadhaar": "eaadhaar"}
    check_documents({name: f"{base}/{path}" for name, path in paths.items()}, extra, common)


def sso(purpose_field):
    base = "/v2/kyc/sso/digilocker"
    common = {purpose_field: PURPOSE}
    redirect = {"redirect_url": "https://app.example/return", "documents_for_consent": ["ADHAR", "DRVLC", "PANCR"]}
    refusals = [
        ({"consent": False}, "error_consent_false", "Consent should be True, otherwise the request cannot be processed"),
        ({purpose_field: "short"}, "error_short_purpose_length", "Purpose should be at least 20 characters in length."),
        ({purpose_field: "p" * 51}, "error_long_purpose_length", "Purpose can be at most 50 characters in length."),
        (
            {"reference_id": ""},
            "error_empty_reference_id",
            "Request reference ID cannot be null or empty. Hint: reference_id (string)",
        ),
    ]
    for fields, key, message in refusals:
        answer = call("POST", f"{base}/session", {**redirect, **fields}, (400, "E00009", key), common)
        if answer["message"] != message:
            fail(key, answer)
    session, link = start(f"{base}/session", redirect, common)
    query = follow(link, "allow")
    has_keys("the redirect of SSO", query, ["code", "state"])
    answer = call("POST", f"{base}/{session}/token", {"code": ""}, (400, "E00009", "error_empty_code"), common)
    if answer["message"] != "Code cannot be null or empty. Hint: code (string)":
        fail("error_empty_code", answer)
    paths = {"issued": "files/issued", "file": "file/download", "data": "file", "eaadhaar": "eaadhaar"}
    check_documents({name: f"{base}/{session}/{path}" for name, path in paths.items()}, {}, common)
    token = (200, "S00007", "success_access_token")
    check_access(call("POST", f"{base}/{session}/token", {"code": query["code"]}, token, common))
    pull = f"{base}/{session}/file/pull"
    key = "error_empty_document_type_related_parameters"
    empty = {"document_type": "PAN", "document_type_related_parameters": {}}
    answer = call("POST", pull, empty, (400, "E00009", key), common)
    if answer["message"] != "Document type related parameters cannot be null OR empty.":
        fail(key, answer)
    related = {"id_number": "XXXXX0000X", "full_name": "Asha Example"}
    fields = {"document_type": "PAN", "document_type_related_parameters": related}
    answer = call("POST", pull, fields, (200, "S00000", "success_file_pull"), common)
    if "data" in answer:
        fail("a pull has data", answer)
    answer = call("DELETE", f"{base}/session/{session}", {}, (200, "S00007", "success_revoke_token"))
    if answer["data"] != {"revoked": True}:
        fail("the revocation", answer)
    gone = (400, "E00009", "error_provider_error")
    call("DELETE", f"{base}/session/{session}", {}, gone)
    call("POST", f"{base}/{session}/files/issued", {}, gone, common)
    call("POST", f"{base}/{session}/no/such/call", {}, (404, "E00009", "error_invalid_endpoint"), common)


classic(True)
classic(False)
sso("purpose")
sso("consent_purpose")
print("done")
