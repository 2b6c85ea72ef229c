#include "core/sip_tracker.hpp"

#include <utility>

#include "core/call_table.hpp"
#include "core/registrations.hpp"
#include "core/sip_dialogue.hpp"
#include "core/state.hpp"
#include "core/whereabouts.hpp"

namespace callboard {

class SipTracker::Impl {
  public:
    Impl(std::shared_ptr<const Directory> directory, std::string region, Settings settings)
        : directory_(std::move(directory)), settings_(settings), numbering_(std::move(region)) {}

    void adopt(const State& state, Time now) {
        for (const auto& [number, line] : state.lines) {
            const Service* service = directory_->by_number(number);
            if (service != nullptr && service->type == ServiceType::mgcp_line) continue;
            for (const Call& call : line.calls)
                if (calls_.size() < settings_.most_dialogs) dialogue_.adopt(call, now);
        }
    }

    void on_message(const SipMessage& message, std::vector<Event>& out) {
        whereabouts_.see(message);
        if (message.method == SipMethod::register_)
            return registrations_.on_message(message, *directory_, numbering_, out);
        dialogue_.on_message(message, *directory_, out);
        while (calls_.size() > settings_.most_dialogs) {
            SipCall* nearest = calls_.nearest();
            if (nearest == nullptr) return;
            dialogue_.evict(*nearest, message.collected, out);
        }
    }

    void on_time(Time now, std::vector<Event>& out) {
        while (SipCall* call = calls_.due(now)) dialogue_.on_deadline(*call, now, *directory_, out);
        registrations_.on_time(now, out);
    }

    void calendar_was_set(Duration by) { calls_.move_deadlines(by); }

    void use(std::shared_ptr<const Directory> directory) { directory_ = std::move(directory); }
    std::size_t dialogs() const { return calls_.size(); }

  private:
    std::shared_ptr<const Directory> directory_;
    Settings settings_;
    Numbering numbering_;
    Whereabouts whereabouts_;
    CallTable calls_;
    Registrations registrations_{whereabouts_};
    SipDialogue dialogue_{calls_, whereabouts_, numbering_, settings_};
};

SipTracker::SipTracker(std::shared_ptr<const Directory> directory, std::string region, Settings settings)
    : impl_(std::make_unique<Impl>(std::move(directory), std::move(region), settings)) {}
SipTracker::~SipTracker() = default;

void SipTracker::adopt(const State& state, Time now) { impl_->adopt(state, now); }
void SipTracker::on_message(const SipMessage& message, std::vector<Event>& out) {
    impl_->on_message(message, out);
}
void SipTracker::on_time(Time now, std::vector<Event>& out) { impl_->on_time(now, out); }
void SipTracker::calendar_was_set(Duration by) { impl_->calendar_was_set(by); }
void SipTracker::use(std::shared_ptr<const Directory> directory) { impl_->use(std::move(directory)); }
std::size_t SipTracker::dialogs() const { return impl_->dialogs(); }

}  // namespace callboard
