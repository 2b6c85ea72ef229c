#include <fmt/format.h>

#include <utility>
#include <vector>

#include "app/recorded_exchange.hpp"
#include "base/text.hpp"

namespace callboard {
namespace {

/// Cuts what comes in into commands that end with `ending`.
class Commands {
  public:
    explicit Commands(std::string_view ending) : ending_(ending) {}
    void feed(std::string_view bytes) {
        if (pending_.size() + bytes.size() > ExchangeVoice::kLongestCommand) pending_.clear();
        pending_ += bytes;
    }
    bool next(std::string& command) {
        const auto end = pending_.find(ending_);
        if (end == std::string::npos) return false;
        command = pending_.substr(0, end);
        pending_.erase(0, end + ending_.size());
        return true;
    }

  private:
    std::string_view ending_;
    std::string pending_;
};

/// What both kinds have in common: commands are answered one by one.
class CommandVoice : public ExchangeVoice {
  public:
    CommandVoice(const ExchangeScript& script, std::string_view ending)
        : script_(script), commands_(ending) {}

    std::string take(std::string_view bytes, bool talking) final {
        commands_.feed(bytes);
        std::string out;
        for (std::string command; commands_.next(command);) out += answer(command, talking);
        return out;
    }
    bool was_listed() final { return std::exchange(listed_, false); }

  protected:
    virtual std::string answer(std::string_view command, bool talking) = 0;
    /// The script's text for a command that lists something; nullptr when it has none.
    const std::string* list(std::string_view command) {
        const std::string* text = script_.answer_to(command);
        listed_ = listed_ || text != nullptr;
        return text;
    }

  private:
    const ExchangeScript& script_;
    Commands commands_;
    bool listed_ = false;
};

class FreeswitchVoice final : public CommandVoice {
  public:
    explicit FreeswitchVoice(const ExchangeScript& script) : CommandVoice(script, "\n\n") {}

    std::string greeting() override { return "Content-Type: auth/request\n\n"; }

    std::string event(const std::string& recorded, Duration later, unsigned round) const override {
        const std::string body = freeswitch_lines(recorded, later, round) + "\n";
        return fmt::format("Content-Length: {}\nContent-Type: text/event-plain\n\n{}", body.size(), body);
    }

  private:
    std::string answer(std::string_view command, bool talking) override {
        if (!command.starts_with("api ")) return "Content-Type: command/reply\nReply-Text: +OK\n\n";
        command.remove_prefix(4);
        const std::string* scripted = list(command);
        const std::string text = scripted == nullptr ? "-ERR Command not found!\n"
                                 : talking           ? "-ERR not while a recording plays\n"
                                                     : *scripted;
        return fmt::format("Content-Type: api/response\nContent-Length: {}\n\n{}", text.size(), text);
    }
};

class AsteriskVoice final : public CommandVoice {
  public:
    explicit AsteriskVoice(const ExchangeScript& script) : CommandVoice(script, "\r\n\r\n") {}

    std::string greeting() override { return "Asterisk Call Manager/9.0.0\r\n"; }

    std::string event(const std::string& recorded, Duration later, unsigned) const override {
        return on_the_wire(asterisk_lines(recorded, later)) + "\r\n";
    }

  private:
    static std::string on_the_wire(std::string_view lines) {
        std::string out;
        for (const char c : lines) {
            if (c == '\n') out += '\r';
            out += c;
        }
        return out;
    }
    static std::string_view value(std::string_view action, std::string_view name) {
        while (!action.empty()) {
            const auto end = std::min(action.find("\r\n"), action.size());
            const auto line = action.substr(0, end);
            action.remove_prefix(std::min(end + 2, action.size()));
            const auto colon = line.find(':');
            if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), name))
                return trimmed(line.substr(colon + 1), " \t");
        }
        return {};
    }

    std::string answer(std::string_view action, bool talking) override {
        const auto name = value(action, "Action");
        const auto id = value(action, "ActionID");
        const auto response = [&](std::string_view how, std::string_view message) {
            return fmt::format("Response: {}\r\nActionID: {}\r\nMessage: {}\r\n", how, id, message);
        };
        if (name == "Challenge")
            return fmt::format("Response: Success\r\nActionID: {}\r\nChallenge: 123456789\r\n\r\n", id);
        if (name == "Login")
            return response("Success", "Authentication accepted") +
                   "\r\nEvent: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n";
        if (name == "Ping") return fmt::format("Response: Success\r\nActionID: {}\r\nPing: Pong\r\n\r\n", id);
        const std::string* listed = list(name);
        if (listed == nullptr) return response("Error", "No such channel") + "\r\n";
        if (talking) return response("Error", "Not while a recording plays") + "\r\n";
        return response("Success", "List will follow") + "EventList: start\r\n\r\n" +
               entries(*listed, name, id);
    }

    static std::string entries(std::string_view list, std::string_view name, std::string_view id) {
        std::string out;
        std::size_t count = 0;
        while (!list.empty()) {
            const auto end = std::min(list.find("\n\n"), list.size());
            const auto entry = list.substr(0, std::min(end + 1, list.size()));
            out += on_the_wire(entry) + fmt::format("ActionID: {}\r\n\r\n", id);
            list.remove_prefix(std::min(end + 2, list.size()));
            ++count;
        }
        return out + fmt::format(
                         "Event: {}Complete\r\nActionID: {}\r\nEventList: Complete\r\nListItems: {}\r\n\r\n",
                         name, id, count);
    }
};

}  // namespace

std::unique_ptr<ExchangeVoice> freeswitch_voice(const ExchangeScript& script) {
    return std::make_unique<FreeswitchVoice>(script);
}

std::unique_ptr<ExchangeVoice> asterisk_voice(const ExchangeScript& script) {
    return std::make_unique<AsteriskVoice>(script);
}

}  // namespace callboard
