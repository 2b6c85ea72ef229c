#include "core/kept_message.hpp"

#include <algorithm>

namespace callboard {
namespace {

template <typename Visit>
void visit_views(SipUri& uri, Visit visit) {
    for (auto* view : {&uri.text, &uri.scheme, &uri.user, &uri.host, &uri.parameters}) visit(*view);
}

template <typename Visit>
void visit_views(SipAddress& address, Visit visit) {
    visit(address.display);
    visit(address.parameters);
    visit_views(address.uri, visit);
}

/// Every view of a message, so that all can be counted and then moved to bytes of our own.
template <typename Visit>
void visit_views(SipMessage& message, Visit visit) {
    for (auto* view : {&message.correlation, &message.start_line, &message.reason_phrase, &message.call_id,
                       &message.cseq_text, &message.from_tag, &message.to_tag, &message.via_branch,
                       &message.via_sent_by, &message.reason, &message.replaces_call_id,
                       &message.replaces_to_tag, &message.replaces_from_tag, &message.refer_to})
        visit(*view);
    visit_views(message.request_uri, visit);
    visit_views(message.from, visit);
    visit_views(message.to, visit);
    for (auto& contact : message.contacts) visit_views(contact.address, visit);
    for (auto* address :
         {&message.asserted_identity, &message.remote_party, &message.history_first, &message.diversion_last})
        if (*address) visit_views(**address, visit);
}

template <typename Visit>
void visit_views(MgcpMessage& message, Visit visit) {
    for (auto* view : {&message.start_line, &message.endpoint, &message.commentary, &message.call_id,
                       &message.connection_id, &message.request_id, &message.requested_events,
                       &message.signals, &message.observed_events, &message.specific_endpoint,
                       &message.reason, &message.restart_method, &message.media.address})
        visit(*view);
}

}  // namespace

template <typename Message>
Kept<Message>::Kept(const Message& message) : message_(message) {
    std::size_t size = 0;
    visit_views(message_, [&size](std::string_view view) { size += view.size(); });
    bytes_ = std::make_unique<char[]>(size);
    char* at = bytes_.get();
    visit_views(message_, [&at](std::string_view& view) {
        char* const begin = at;
        at = std::copy(view.begin(), view.end(), at);
        view = std::string_view(begin, view.size());
    });
}

template class Kept<SipMessage>;
template class Kept<MgcpMessage>;

}  // namespace callboard
