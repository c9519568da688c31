// Orders services by what they need, and finds circles.
#include "libs/service/graph.hpp"

namespace service {
namespace {

class Builder {
public:
    explicit Builder(Slice<Unit const> units) : units_(units) {}

    Graph build() {
        for (u32 i = 0; i < units_.size(); ++i) {
            graph_.links.push_back({});
            graph_.faults.push_back({});
            names_.add(units_[i].name, i);
        }
        for (u32 i = 0; i < units_.size(); ++i)
            resolve(i);
        while (!walk()) {
        }
        drop_dependents();
        return std::move(graph_);
    }

private:
    enum class Mark : u8 { unseen, on_the_way, done };

    /// A unit on the way down, and which of its edges comes next.
    struct Step {
        u32 unit;
        usize next;
    };

    void resolve(u32 unit) {
        auto& fault = graph_.faults[unit];
        if (!units_[unit].problems.empty()) {
            fault = problem_text(units_[unit].name, units_[unit].problems[0]);
            return;
        }
        auto& links = graph_.links[unit];
        for (auto const& reference : units_[unit].needs) {
            auto const found = names_.find(reference.name);
            if (!found) {
                blame(fault, unit, reference.line, "it needs '{}', and there is no such unit",
                      reference.name);
                return;
            }
            links.needs.push_back(*found);
        }
        for (auto const& reference : units_[unit].after)
            if (auto const found = names_.find(reference.name))
                links.after.push_back(*found);
    }

    /// Fills the order; false when a circle was found, which then has a fault.
    bool walk() {
        graph_.order.clear();
        Vector<Mark> marks(units_.size(), Mark::unseen);
        for (u32 root = 0; root < units_.size(); ++root) {
            if (marks[root] != Mark::unseen || !graph_.faults[root].empty())
                continue;
            Vector<Step> way;
            way.push_back({root, 0});
            marks[root] = Mark::on_the_way;
            while (!way.empty()) {
                auto& step = way.back();
                auto const next = edge(step.unit, step.next++);
                if (!next) {
                    marks[step.unit] = Mark::done;
                    graph_.order.push_back(step.unit);
                    way.pop_back();
                } else if (marks[*next] == Mark::on_the_way) {
                    mark_circle(way, *next);
                    return false;
                } else if (marks[*next] == Mark::unseen && graph_.faults[*next].empty()) {
                    marks[*next] = Mark::on_the_way;
                    way.push_back({*next, 0});
                }
            }
        }
        return true;
    }

    std::optional<u32> edge(u32 unit, usize index) const {
        auto const& links = graph_.links[unit];
        if (index < links.needs.size())
            return links.needs[index];
        index -= links.needs.size();
        return index < links.after.size() ? std::optional(links.after[index]) : std::nullopt;
    }

    void mark_circle(Vector<Step> const& way, u32 first) {
        usize from = way.size();
        while (way[--from].unit != first) {
        }
        String names;
        for (usize i = from; i < way.size(); ++i) {
            names.append(units_[way[i].unit].name);
            names.append(" -> ");
        }
        names.append(units_[first].name);
        for (usize i = from; i < way.size(); ++i) {
            u32 const unit = way[i].unit;
            blame(graph_.faults[unit], unit, line_of(unit, way[i].next - 1),
                  "it waits for itself: {}", names);
        }
    }

    /// Where an edge stands in the file.
    u32 line_of(u32 unit, usize index) const {
        auto const to = edge(unit, index);
        for (auto const* list : {&units_[unit].needs, &units_[unit].after})
            for (auto const& reference : *list)
                if (to && reference.name == units_[*to].name)
                    return reference.line;
        return 0;
    }

    void drop_dependents() {
        usize kept = 0;
        for (u32 const unit : graph_.order) {
            for (usize i = 0; i < graph_.links[unit].needs.size(); ++i) {
                u32 const need = graph_.links[unit].needs[i];
                if (graph_.faults[need].empty() || !graph_.faults[unit].empty())
                    continue;
                blame(graph_.faults[unit], unit, line_of(unit, i),
                      "it needs '{}', which cannot start", units_[need].name);
            }
            if (graph_.faults[unit].empty())
                graph_.order[kept++] = unit;
        }
        graph_.order.resize(kept);
        for (u32 unit = 0; unit < units_.size(); ++unit)
            if (!graph_.faults[unit].empty())
                graph_.links[unit] = {};
        for (u32 const unit : graph_.order)
            for (auto const* list : {&graph_.links[unit].needs, &graph_.links[unit].after})
                for (u32 const other : *list)
                    graph_.links[other].followers.push_back(unit);
    }

    template <class... Arguments>
    void blame(String& fault, u32 unit, u32 line, Format<Arguments...> text,
               Arguments const&... arguments) {
        String made;
        StringSink sink(made);
        format_to(sink, text, arguments...);
        fault = problem_text(units_[unit].name, {line, std::move(made)});
    }

    Slice<Unit const> units_;
    Names names_;
    Graph graph_;
};

} // namespace

Graph make_graph(Slice<Unit const> units) {
    return Builder(units).build();
}

usize Names::place_of(std::string_view name) const {
    usize low = 0;
    // Most names come in their order.
    if (!sorted_.empty() && sorted_.back().name.view() < name)
        return sorted_.size();
    for (usize high = sorted_.size(); low < high;) {
        usize const middle = (low + high) / 2;
        if (sorted_[middle].name.view() < name)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void Names::add(std::string_view name, u32 number) {
    sorted_.insert(place_of(name), {name, number});
}

std::optional<u32> Names::find(std::string_view name) const {
    usize const at = place_of(name);
    return at < sorted_.size() && sorted_[at].name == name ? std::optional(sorted_[at].number)
                                                           : std::nullopt;
}

String problem_text(std::string_view unit, Problem const& problem) {
    String text;
    StringSink sink(text);
    if (problem.line == 0)
        format_to(sink, "{}.toml: {}", unit, problem.text);
    else
        format_to(sink, "{}.toml:{}: {}", unit, problem.line, problem.text);
    return text;
}

} // namespace service
