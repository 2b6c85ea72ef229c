#include "core/mgcp_tracker.hpp"

#include <utility>

#include "core/mgcp_dialogue.hpp"
#include "core/mgcp_table.hpp"
#include "core/mgcp_transactions.hpp"
#include "core/state.hpp"

namespace callboard {

class MgcpTracker::Impl {
  public:
    Impl(std::shared_ptr<const Directory> directory, std::string region, Settings settings)
        : directory_(std::move(directory)), settings_(settings), numbering_(std::move(region)) {}

    void adopt(const State& state, Time now) {
        for (const auto& [number, line] : state.lines) {
            const Service* service = directory_->by_number(number);
            if (service == nullptr || service->type != ServiceType::mgcp_line) continue;
            for (const Call& call : line.calls)
                if (table_.legs() < settings_.most_calls) dialogue_.adopt(call, now);
        }
    }

    void on_message(const MgcpMessage& message, std::vector<Event>& out) {
        std::optional<MgcpTransactions::Concluded> concluded;
        if (message.request) {
            if (!is_of_calls(message.verb)) return;
            const bool first = transactions_.on_command(message, concluded);
            const bool speaks_for_itself = message.verb == MgcpVerb::ntfy || message.verb == MgcpVerb::rsip ||
                                           message.verb == MgcpVerb::dlcx;
            if (first && speaks_for_itself) dialogue_.on_command(message, context(out));
        } else {
            concluded = transactions_.on_response(message);
        }
        if (concluded) conclude(*concluded, message, out);
        while (table_.legs() > settings_.most_calls)
            dialogue_.evict(*table_.nearest(), message.collected, context(out));
    }

    void on_time(Time now, std::vector<Event>& out) {
        transactions_.on_time(now);
        while (MgcpLeg* leg = table_.due(now)) dialogue_.on_deadline(*leg, now, context(out));
    }

    void calendar_was_set(Duration by) { table_.move_deadlines(by); }

    void use(std::shared_ptr<const Directory> directory) {
        directory_ = std::move(directory);
        endpoints_ = MgcpEndpoints(*directory_);
    }
    std::size_t calls() const { return table_.legs(); }
    std::size_t transactions() const { return transactions_.size(); }

  private:
    static bool is_of_calls(MgcpVerb verb) {
        return verb == MgcpVerb::crcx || verb == MgcpVerb::mdcx || verb == MgcpVerb::dlcx ||
               verb == MgcpVerb::rqnt || verb == MgcpVerb::ntfy || verb == MgcpVerb::rsip;
    }

    MgcpDialogue::Context context(std::vector<Event>& out) { return {*directory_, endpoints_, out}; }

    void conclude(const MgcpTransactions::Concluded& concluded, const MgcpMessage& now,
                  std::vector<Event>& out) {
        MgcpMessage command = concluded.command.message();
        const MgcpVerb verb = command.verb;
        if (verb == MgcpVerb::ntfy || verb == MgcpVerb::rsip) return;
        MgcpMessage response = concluded.response.message();
        command.collected = response.collected = now.collected;
        dialogue_.on_response(command, response, context(out));
    }

    std::shared_ptr<const Directory> directory_;
    Settings settings_;
    Numbering numbering_;
    MgcpEndpoints endpoints_{*directory_};
    MgcpTable table_;
    MgcpTransactions transactions_{{settings_.memory, settings_.most_transactions}};
    MgcpDialogue dialogue_{table_, numbering_, settings_};
};

MgcpTracker::MgcpTracker(std::shared_ptr<const Directory> directory, std::string region, Settings settings)
    : impl_(std::make_unique<Impl>(std::move(directory), std::move(region), settings)) {}
MgcpTracker::~MgcpTracker() = default;

void MgcpTracker::adopt(const State& state, Time now) { impl_->adopt(state, now); }
void MgcpTracker::on_message(const MgcpMessage& message, std::vector<Event>& out) {
    impl_->on_message(message, out);
}
void MgcpTracker::on_time(Time now, std::vector<Event>& out) { impl_->on_time(now, out); }
void MgcpTracker::calendar_was_set(Duration by) { impl_->calendar_was_set(by); }
void MgcpTracker::use(std::shared_ptr<const Directory> directory) { impl_->use(std::move(directory)); }
std::size_t MgcpTracker::calls() const { return impl_->calls(); }
std::size_t MgcpTracker::transactions() const { return impl_->transactions(); }

}  // namespace callboard
