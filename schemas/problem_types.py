"""The catalogue of problems: every kind of refusal or failure that a caller can meet.

A type is for ever: its slug is what programs test for. The words beside it may be improved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

Fault = Literal["sender", "receiver", "gateway", "network"]


class ProblemType(StrEnum):
    """What went wrong, as a stable slug."""

    NOT_JSON = "not-json"
    NOT_UTF8 = "not-utf8"
    TOO_DEEP = "too-deep"
    TOO_LARGE = "too-large"
    NOT_A_CLOUDEVENT = "not-a-cloudevent"
    UNKNOWN_TYPE = "unknown-type"
    UNKNOWN_FIELD = "unknown-field"
    WRONG_TYPE = "wrong-type"
    MISSING_FIELD = "missing-field"
    INVALID_VALUE = "invalid-value"
    FOREIGN_SOURCE = "foreign-source"
    KEY_MISMATCH = "key-mismatch"
    UNKNOWN_AGENCY = "unknown-agency"
    UNKNOWN_PROCEDURE = "unknown-procedure"
    PROCEDURE_NOT_IN_FORCE = "procedure-not-in-force"
    UNKNOWN_UNIT = "unknown-unit"
    ABOLISHED_UNIT = "abolished-unit"
    AMBIGUOUS_UNIT = "ambiguous-unit"
    CONTENT_DIFFERS = "content-differs"
    DOSSIER_IN_TRANSIT = "dossier-in-transit"
    UNKNOWN_TRANSFER = "unknown-transfer"
    NOT_YOUR_HOP = "not-your-hop"
    UNKNOWN_HOP = "unknown-hop"
    ILLEGAL_TRANSITION = "illegal-transition"
    ALREADY_FINISHED = "already-finished"
    LOOPED = "looped"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    NOT_LIVE = "not-live"
    NOT_READY = "not-ready"
    LEASE_LOST = "lease-lost"
    DOCUMENT_MISSING = "document-missing"
    DOCUMENT_TOO_LARGE = "document-too-large"
    DOCUMENT_TYPE_REFUSED = "document-type-refused"
    DOCUMENT_INFECTED = "document-infected"
    DOCUMENT_QUARANTINED = "document-quarantined"
    DIGEST_MISMATCH = "digest-mismatch"
    CHECKSUM_MISMATCH = "checksum-mismatch"
    UPLOAD_CONFLICT = "upload-conflict"
    UPLOAD_BUSY = "upload-busy"
    UPLOAD_ENDED = "upload-ended"
    UPLOAD_PROTOCOL = "upload-protocol"
    RANGE_NOT_SATISFIABLE = "range-not-satisfiable"
    QUOTA_EXCEEDED = "quota-exceeded"
    STORAGE_FULL = "storage-full"
    DOCUMENTS_OFF = "documents-off"
    RATE_LIMITED = "rate-limited"
    OVERLOADED = "overloaded"
    UNAVAILABLE = "unavailable"
    OUTCOME_UNKNOWN = "outcome-unknown"
    BAD_QUERY = "bad-query"
    INTERNAL = "internal"

    @property
    def entry(self) -> "ProblemEntry":
        """The words, status and fault that the catalogue gives to this type."""
        return CATALOGUE[self]


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """A line of the catalogue. `status` is the HTTP status; `fault` whose it usually is."""

    status: int
    fault: Fault
    title: str
    title_vi: str
    remedy: str
    remedy_vi: str


_T: Final = ProblemType

CATALOGUE: Final[Mapping[ProblemType, ProblemEntry]] = MappingProxyType(
    {
        _T.NOT_JSON: ProblemEntry(
            400,
            "sender",
            "The body is not JSON",
            "Nội dung không phải JSON",
            "Send one JSON document (RFC 8259), without NaN or Infinity, and nothing after it.",
            "Gửi đúng một tài liệu JSON (RFC 8259), không có NaN hay Infinity.",
        ),
        _T.NOT_UTF8: ProblemEntry(
            400,
            "sender",
            "The body is not UTF-8",
            "Nội dung không được mã hoá UTF-8",
            "Encode the body in UTF-8; do not send TCVN3, VNI or UTF-16.",
            "Mã hoá nội dung bằng UTF-8; không dùng TCVN3, VNI hay UTF-16.",
        ),
        _T.TOO_DEEP: ProblemEntry(
            422,
            "sender",
            "The document is nested too deeply",
            "Tài liệu lồng quá nhiều cấp",
            "Nest a form at most 16 levels deep.",
            "Biểu mẫu chỉ được lồng tối đa 16 cấp.",
        ),
        _T.TOO_LARGE: ProblemEntry(
            413,
            "sender",
            "The message is too large",
            "Thông điệp quá lớn",
            "Keep a message within 256 KiB; send documents by reference.",
            "Giữ thông điệp trong 256 KiB; tệp đính kèm gửi bằng tham chiếu.",
        ),
        _T.NOT_A_CLOUDEVENT: ProblemEntry(
            400,
            "sender",
            "The message is not a CloudEvent 1.0",
            "Thông điệp không phải CloudEvent 1.0",
            "Send specversion 1.0, id, source, type and JSON data, in structured or binary mode.",
            "Gửi specversion 1.0, id, source, type và data dạng JSON, ở chế độ structured hoặc "
            "binary.",
        ),
        _T.UNKNOWN_TYPE: ProblemEntry(
            422,
            "sender",
            "This type of message is not known, or not one that agencies send",
            "Loại thông điệp không tồn tại hoặc cơ quan không được gửi",
            "Use a type that the gateway publishes under /schemas/, such as "
            "vn.lienthong.transfer.submitted.v1.",
            "Dùng loại thông điệp được công bố tại /schemas/.",
        ),
        _T.UNKNOWN_FIELD: ProblemEntry(
            422,
            "sender",
            "A field is not part of this message",
            "Có trường không thuộc thông điệp này",
            "Remove the field, or put what is your own into `form`.",
            "Bỏ trường đó, hoặc đưa dữ liệu riêng vào `form`.",
        ),
        _T.WRONG_TYPE: ProblemEntry(
            422,
            "sender",
            "A field has the wrong type",
            "Có trường sai kiểu dữ liệu",
            "Send the JSON type that the schema names; numbers are never text, nor text numbers.",
            "Gửi đúng kiểu JSON trong lược đồ; không gửi số dưới dạng chữ hay ngược lại.",
        ),
        _T.MISSING_FIELD: ProblemEntry(
            422,
            "sender",
            "A required field is missing",
            "Thiếu trường bắt buộc",
            "Add the field that the pointer names.",
            "Bổ sung trường mà con trỏ chỉ ra.",
        ),
        _T.INVALID_VALUE: ProblemEntry(
            422,
            "sender",
            "A value is not allowed here",
            "Giá trị không hợp lệ",
            "Send a value that the detail allows; /schemas/ has every field of every message.",
            "Gửi giá trị mà phần chi tiết cho phép; /schemas/ có mọi trường của mọi thông điệp.",
        ),
        _T.FOREIGN_SOURCE: ProblemEntry(
            403,
            "sender",
            "The source is not the sender's own",
            "Trường source không phải của cơ quan gửi",
            "Set source to urn:lienthong:agency: followed by the code you sign in with.",
            "Đặt source là urn:lienthong:agency: kèm mã định danh dùng để đăng nhập.",
        ),
        _T.KEY_MISMATCH: ProblemEntry(
            422,
            "sender",
            "The parts of the message's address contradict each other",
            "Các phần địa chỉ của thông điệp mâu thuẫn nhau",
            "Let routing key, type, subject and the transfer in data name the same thing.",
            "Routing key, type, subject và transfer trong data phải thống nhất với nhau.",
        ),
        _T.UNKNOWN_AGENCY: ProblemEntry(
            422,
            "sender",
            "The agency is not in the directory at that time",
            "Cơ quan không có trong danh bạ tại thời điểm đó",
            "Look the agency up with `lienthong directory` or GET /v1/agencies/{code}.",
            "Tra cứu mã cơ quan bằng `lienthong directory` hoặc GET /v1/agencies/{code}.",
        ),
        _T.UNKNOWN_PROCEDURE: ProblemEntry(
            422,
            "sender",
            "The procedure is not known",
            "Thủ tục không tồn tại",
            "Use a code that GET /v1/procedures lists.",
            "Dùng mã thủ tục có trong GET /v1/procedures.",
        ),
        _T.PROCEDURE_NOT_IN_FORCE: ProblemEntry(
            422,
            "sender",
            "The procedure was not in force when the dossier was received",
            "Thủ tục không có hiệu lực vào lúc tiếp nhận hồ sơ",
            "Use a procedure that was in force on the day of receipt: GET /v1/procedures?as_of=.",
            "Dùng mã thủ tục có hiệu lực vào ngày tiếp nhận: GET /v1/procedures?as_of=.",
        ),
        _T.UNKNOWN_UNIT: ProblemEntry(
            422,
            "sender",
            "The administrative unit is not known",
            "Đơn vị hành chính không tồn tại",
            "Use the unit's official code, with its leading zeros, as text; GET /v1/units has it.",
            "Dùng mã đơn vị hành chính chính thức, giữ số 0 ở đầu, dạng chuỗi; tra tại GET "
            "/v1/units.",
        ),
        _T.ABOLISHED_UNIT: ProblemEntry(
            422,
            "sender",
            "The administrative unit no longer existed at that time",
            "Đơn vị hành chính đã bị bãi bỏ tại thời điểm đó",
            "Use the code of its successor, which the detail names.",
            "Dùng mã của đơn vị kế thừa nêu trong phần chi tiết.",
        ),
        _T.AMBIGUOUS_UNIT: ProblemEntry(
            422,
            "sender",
            "The administrative unit was split; its successor is not certain",
            "Đơn vị hành chính đã chia tách, chưa xác định được đơn vị kế thừa",
            "Decide from the address or the parcel which of the successors it is.",
            "Căn cứ địa chỉ hoặc thửa đất để xác định đơn vị kế thừa.",
        ),
        _T.CONTENT_DIFFERS: ProblemEntry(
            409,
            "sender",
            "This message id was used before with another content",
            "Mã thông điệp đã được dùng với nội dung khác",
            "Give a new content a new id; repeat an id only with the same content.",
            "Nội dung mới phải có mã mới; chỉ gửi lại mã cũ với đúng nội dung cũ.",
        ),
        _T.DOSSIER_IN_TRANSIT: ProblemEntry(
            409,
            "sender",
            "This dossier already has an open transfer",
            "Hồ sơ đang có một lượt liên thông chưa kết thúc",
            "Correct or withdraw the open transfer, or wait until it is finished.",
            "Điều chỉnh hoặc rút lượt đang mở, hoặc chờ đến khi kết thúc.",
        ),
        _T.UNKNOWN_TRANSFER: ProblemEntry(
            422,
            "sender",
            "There is no such transfer among yours",
            "Không có lượt liên thông này trong phạm vi của cơ quan",
            "Use the transfer id from the receipt or from the handover.",
            "Dùng mã lượt liên thông trong biên nhận hoặc trong bàn giao.",
        ),
        _T.NOT_YOUR_HOP: ProblemEntry(
            403,
            "sender",
            "The hop belongs to another agency",
            "Chặng này thuộc cơ quan khác",
            "Report only on hops that were handed over to you.",
            "Chỉ báo cáo chặng đã bàn giao cho cơ quan mình.",
        ),
        _T.UNKNOWN_HOP: ProblemEntry(
            422,
            "sender",
            "The transfer has no such step or round",
            "Lượt liên thông không có bước hoặc vòng này",
            "Copy step and round from the handover.",
            "Lấy đúng step và round trong bàn giao.",
        ),
        _T.ILLEGAL_TRANSITION: ProblemEntry(
            409,
            "sender",
            "The hop is in a state that does not allow this",
            "Trạng thái của chặng không cho phép thao tác này",
            "Read the transfer's present state, and act from there.",
            "Đọc trạng thái hiện tại của lượt liên thông rồi thao tác tiếp.",
        ),
        _T.ALREADY_FINISHED: ProblemEntry(
            409,
            "sender",
            "The transfer is finished",
            "Lượt liên thông đã kết thúc",
            "Submit the dossier anew if it must go on.",
            "Gửi lại hồ sơ nếu cần tiếp tục.",
        ),
        _T.LOOPED: ProblemEntry(
            422,
            "sender",
            "The dossier has already passed through this gateway",
            "Hồ sơ đã đi qua cổng này",
            "Do not send back to a gateway that is in origin.path.",
            "Không gửi trở lại cổng đã có trong origin.path.",
        ),
        _T.UNAUTHENTICATED: ProblemEntry(
            401,
            "sender",
            "The caller is not signed in",
            "Chưa xác thực",
            "Get a token at POST /oauth/token and send it as a bearer token.",
            "Lấy token tại POST /oauth/token và gửi kèm dạng bearer.",
        ),
        _T.FORBIDDEN: ProblemEntry(
            403,
            "sender",
            "The caller may not do this",
            "Không có quyền thực hiện",
            "Ask the gateway's operator for the role that this needs.",
            "Đề nghị người vận hành cổng cấp quyền cần thiết.",
        ),
        _T.NOT_FOUND: ProblemEntry(
            404,
            "sender",
            "There is no such thing, or it is not yours to see",
            "Không tìm thấy hoặc không thuộc phạm vi được xem",
            "Check the address.",
            "Kiểm tra lại địa chỉ.",
        ),
        _T.METHOD_NOT_ALLOWED: ProblemEntry(
            405,
            "sender",
            "This address does not take that method",
            "Địa chỉ này không nhận phương thức đó",
            "Use a method that the Allow header names.",
            "Dùng phương thức nêu trong tiêu đề Allow.",
        ),
        _T.UNSUPPORTED_MEDIA_TYPE: ProblemEntry(
            415,
            "sender",
            "The content type is not one that is read here",
            "Không hỗ trợ kiểu nội dung này",
            "Send application/cloudevents+json, application/cloudevents-batch+json, or "
            "application/json with ce- headers.",
            "Gửi application/cloudevents+json, application/cloudevents-batch+json hoặc "
            "application/json kèm các tiêu đề ce-.",
        ),
        _T.NOT_LIVE: ProblemEntry(
            403,
            "sender",
            "This agency is connected for tests only, or is suspended",
            "Cơ quan mới được kết nối để kiểm thử hoặc đang bị tạm ngừng",
            "Try messages with POST /v1/messages/validate; once the operator has switched the "
            "agency live, send this one again with the same id.",
            "Thử thông điệp bằng POST /v1/messages/validate; khi người vận hành đã đưa cơ quan vào "
            "hoạt động thì gửi lại với cùng mã thông điệp.",
        ),
        _T.NOT_READY: ProblemEntry(
            409,
            "sender",
            "The agency is not ready for this, or its state does not allow it",
            "Cơ quan chưa sẵn sàng hoặc trạng thái không cho phép",
            "Do what `missing` or the detail names first.",
            "Thực hiện trước những việc nêu ở `missing` hoặc phần chi tiết.",
        ),
        _T.LEASE_LOST: ProblemEntry(
            409,
            "sender",
            "The delivery is no longer leased to this caller",
            "Lượt gửi không còn được giữ bởi bên gọi",
            "Fetch the mailbox again and act on the newer lease.",
            "Lấy lại hộp thư và xử lý theo lượt giữ mới.",
        ),
        _T.DOCUMENT_MISSING: ProblemEntry(
            422,
            "sender",
            "A document that the message refers to is not here",
            "Tài liệu mà thông điệp dẫn chiếu chưa có tại cổng",
            "Upload it first, then send the message with a new id.",
            "Tải tài liệu lên trước, rồi gửi lại thông điệp với mã mới.",
        ),
        _T.DOCUMENT_TOO_LARGE: ProblemEntry(
            413,
            "sender",
            "The document, or all of the dossier's together, are too large",
            "Tài liệu, hoặc toàn bộ tài liệu của hồ sơ, quá lớn",
            "Keep within the limits that the detail names.",
            "Giữ trong giới hạn nêu ở phần chi tiết.",
        ),
        _T.DOCUMENT_TYPE_REFUSED: ProblemEntry(
            415,
            "sender",
            "A document of this type is not taken in",
            "Không nhận tài liệu thuộc định dạng này",
            "Declare the type that the file really is; hand in one of the types that are taken.",
            "Khai đúng định dạng thực của tệp; dùng một trong các định dạng được nhận.",
        ),
        _T.DOCUMENT_INFECTED: ProblemEntry(
            422,
            "sender",
            "A scanner found malware in the document",
            "Phát hiện mã độc trong tài liệu",
            "Clean the sender's system and make the document anew.",
            "Làm sạch hệ thống bên gửi và tạo lại tài liệu.",
        ),
        _T.DOCUMENT_QUARANTINED: ProblemEntry(
            503,
            "gateway",
            "The document waits for the malware scanner",
            "Tài liệu đang chờ quét mã độc",
            "Wait as long as Retry-After says and ask again; then send what refers "
            "to it, with a new id.",
            "Chờ theo Retry-After rồi hỏi lại; sau đó gửi thông điệp dẫn chiếu với mã mới.",
        ),
        _T.DIGEST_MISMATCH: ProblemEntry(
            409,
            "sender",
            "The content is not what was declared",
            "Nội dung không khớp với khai báo",
            "Compute sha-256 and size of the very bytes that are sent, declare "
            "them and upload again.",
            "Tính lại sha-256 và dung lượng của chính tệp được gửi, khai báo và tải lên lại.",
        ),
        _T.CHECKSUM_MISMATCH: ProblemEntry(
            460,
            "network",
            "A piece does not match its checksum; it was discarded",
            "Phần tải lên không khớp mã kiểm tra nên đã bị bỏ",
            "Send the same piece again.",
            "Gửi lại đúng phần đó.",
        ),
        _T.UPLOAD_CONFLICT: ProblemEntry(
            409,
            "sender",
            "The upload stands elsewhere",
            "Vị trí tải lên không khớp",
            "Ask with HEAD how much was received, and go on from there.",
            "Dùng HEAD để hỏi đã nhận đến đâu và tiếp tục từ đó.",
        ),
        _T.UPLOAD_BUSY: ProblemEntry(
            423,
            "sender",
            "The upload is being written by another connection",
            "Tệp đang được tải lên bằng kết nối khác",
            "Wait as long as Retry-After says, then ask with HEAD and go on.",
            "Chờ theo Retry-After, dùng HEAD để hỏi rồi tiếp tục.",
        ),
        _T.UPLOAD_ENDED: ProblemEntry(
            410,
            "sender",
            "The upload has ended",
            "Lượt tải lên đã kết thúc",
            "Declare the document again and upload it from the beginning.",
            "Khai báo lại tài liệu và tải lên từ đầu.",
        ),
        _T.UPLOAD_PROTOCOL: ProblemEntry(
            412,
            "sender",
            "The request does not speak tus 1.0.0",
            "Yêu cầu không theo giao thức tus 1.0.0",
            "Send the header Tus-Resumable: 1.0.0.",
            "Gửi kèm tiêu đề Tus-Resumable: 1.0.0.",
        ),
        _T.RANGE_NOT_SATISFIABLE: ProblemEntry(
            416,
            "sender",
            "The document has no such range of bytes",
            "Tài liệu không có khoảng byte này",
            "Ask for a range within the size that Content-Range names.",
            "Yêu cầu khoảng byte nằm trong dung lượng nêu ở Content-Range.",
        ),
        _T.QUOTA_EXCEEDED: ProblemEntry(
            413,
            "sender",
            "The agency's room for documents is used up",
            "Đã dùng hết dung lượng tài liệu dành cho đơn vị",
            "Wait until transfers have ended and their documents are removed, or "
            "ask the operator for more room.",
            "Chờ hồ sơ kết thúc và tài liệu được xoá, hoặc đề nghị người vận hành tăng dung lượng.",
        ),
        _T.STORAGE_FULL: ProblemEntry(
            503,
            "gateway",
            "The gateway cannot store documents now; what was received is kept",
            "Cổng tạm thời không lưu được tài liệu; phần đã nhận được giữ nguyên",
            "Wait as long as Retry-After says, then ask with HEAD and go on.",
            "Chờ theo Retry-After, dùng HEAD để hỏi rồi tiếp tục.",
        ),
        _T.DOCUMENTS_OFF: ProblemEntry(
            501,
            "gateway",
            "This gateway keeps no documents",
            "Cổng này không lưu giữ tài liệu",
            "Refer to documents by an https address of your own.",
            "Dẫn chiếu tài liệu bằng địa chỉ https của đơn vị.",
        ),
        _T.RATE_LIMITED: ProblemEntry(
            429,
            "sender",
            "Too many requests",
            "Quá nhiều yêu cầu",
            "Wait as long as Retry-After says, then send again with the same id.",
            "Chờ theo Retry-After rồi gửi lại với cùng mã thông điệp.",
        ),
        _T.OVERLOADED: ProblemEntry(
            503,
            "gateway",
            "The gateway is busy; nothing was accepted",
            "Cổng đang quá tải; chưa tiếp nhận gì",
            "Wait as long as Retry-After says, then send again with the same id.",
            "Chờ theo Retry-After rồi gửi lại với cùng mã thông điệp.",
        ),
        _T.UNAVAILABLE: ProblemEntry(
            503,
            "gateway",
            "The gateway cannot store messages now; nothing was accepted",
            "Cổng tạm thời không lưu được thông điệp; chưa tiếp nhận gì",
            "Send again later with the same id.",
            "Gửi lại sau với cùng mã thông điệp.",
        ),
        _T.OUTCOME_UNKNOWN: ProblemEntry(
            503,
            "gateway",
            "The gateway has the message, and cannot yet say what became of it",
            "Cổng đã nhận được thông điệp nhưng chưa trả lời được kết quả",
            "Send it again with the same id after Retry-After: nothing is taken twice.",
            "Gửi lại với cùng mã thông điệp sau thời gian Retry-After: không bị ghi nhận hai lần.",
        ),
        _T.BAD_QUERY: ProblemEntry(
            400,
            "sender",
            "A parameter of the address is not valid",
            "Tham số truy vấn không hợp lệ",
            "Correct the parameter that the detail names.",
            "Sửa tham số nêu trong phần chi tiết.",
        ),
        _T.INTERNAL: ProblemEntry(
            500,
            "gateway",
            "The gateway failed",
            "Lỗi nội bộ của cổng",
            "Send again later with the same id; tell the operator if it persists.",
            "Gửi lại sau với cùng mã thông điệp; báo người vận hành nếu lỗi lặp lại.",
        ),
    }
)
