// One SIP message.
#include "event/sip_text.hpp"
#include "fuzz.hpp"
#include "sources/hep/sdp.hpp"
#include "sources/hep/sip_scanner.hpp"

using namespace callboard;

namespace {

void check_address(const SipAddress& address, std::string_view bytes) {
    for (std::string_view part : {address.display, address.parameters, address.uri.text, address.uri.scheme,
                                  address.uri.user, address.uri.host, address.uri.parameters})
        fuzz::check(fuzz::within(part, bytes), "views point into the message");
    fuzz::check(!address.uri.scheme.empty(), "a URI that was read has a scheme");
    fuzz::check(unescaped(address.uri.user).size() <= address.uri.user.size(),
                "an escape makes nothing longer");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    summarize_sdp(bytes);
    static SipMessage message;  // reused, as the drivers do
    const SipVerdict verdict = scan_sip(bytes, message);
    fuzz::check(!text_of(verdict).empty(), "every verdict has a name");
    if (verdict != SipVerdict::ok) return 0;
    fuzz::check(!message.call_id.empty() && !message.cseq_text.empty() && message.via_count > 0,
                "what a message must have is there");
    fuzz::check(message.request ? message.status == 0 && !message.request_uri.text.empty()
                                : message.status >= 100 && message.status <= 699,
                "it is a request or a response");
    for (std::string_view part :
         {message.start_line, message.reason_phrase, message.request_uri.text, message.call_id,
          message.cseq_text, message.from_tag, message.to_tag, message.via_branch, message.via_sent_by,
          message.reason, message.replaces_call_id, message.replaces_to_tag, message.replaces_from_tag,
          message.refer_to})
        fuzz::check(fuzz::within(part, bytes), "views point into the message");
    check_address(message.from, bytes);
    check_address(message.to, bytes);
    for (const auto& contact : message.contacts) check_address(contact.address, bytes);
    for (const auto& optional :
         {message.asserted_identity, message.remote_party, message.history_first, message.diversion_last})
        if (optional) check_address(*optional, bytes);
    fuzz::check(unfolded(message.cseq_text).find_first_of("\r\n") == std::string::npos,
                "an unfolded line is one");
    return 0;
}
