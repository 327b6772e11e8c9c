-- Won revenue by product line. The lines of a deal always add up to its amount, in its own and in the reporting
-- currency: what the lines do not explain is a line of its own. The line of a bundle is a line for each of its parts.
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
{%- set units = 10 ** cents %}
{%- set unit = '1' if cents == 0 else '0.01' %}
with won as (
    select * from {{ ref('int_opportunity') }}
    where is_won
),

currencies as (
    select * from {{ ref('currencies') }}
),

-- A line in another currency than its deal cannot be added to it: it stays in the unallocated rest.
entered as (
    select
        lines.opportunity_id,
        lines.line_id,
        coalesce(currencies.exponent, 2) as exponent,
        won.fx_rate,
        won.closed_on,
        lines.product_id,
        lines.quantity,
        lines.list_price,
        lines.unit_price,
        {{ native_amount('coalesce(lines.total_price, 0)', 'coalesce(currencies.exponent, 2)') }} as amount_native,
        {{ to_reporting_cents('cast(lines.list_price as decimal(24, 6)) * lines.quantity', 'won.fx_rate') }}
            as list_reporting,
        -- What the units cost us, at the rate of the close; the catalogue knows the cost of today.
        {{ to_reporting_cents('cast(products.unit_cost as decimal(24, 6)) * lines.quantity', 'fx.rate') }}
            as cost_reporting
    from {{ ref('int_opportunity_line') }} as lines
    inner join won
        on lines.opportunity_id = won.opportunity_id and coalesce(lines.currency, won.currency) = won.currency
    left join currencies on won.currency = currencies.currency
    left join {{ ref('stg_crm_products') }} as products on lines.product_id = products.product_id
    {{ fx_join('products.currency', 'won.closed_on') }}
),

-- Price, list price and cost of a bundle go to its parts by their list prices, in whole minor units by largest
-- remainder (ties: the smaller id). A bundle without a cost of its own costs what its parts cost.
parted as (
    select
        entered.* exclude (product_id, quantity, list_price, unit_price),
        parts.product_id,
        parts.bundle_id,
        cast(cast(entered.quantity as decimal(28, 6)) * parts.quantity as decimal(18, 6)) as quantity,
        parts.weight,
        {{ to_reporting_cents(
            'cast(products.unit_cost as decimal(24, 6))
            * cast(cast(entered.quantity as decimal(28, 6)) * parts.quantity as decimal(18, 6))',
            'fx.rate'
        ) }} as part_cost,
    {%- for column, minor in [
        ('amount_native', 'power(10, entered.exponent)'), ('list_reporting', units), ('cost_reporting', units)
    ] %}
        cast(round(entered.{{ column }} * {{ minor }}) as hugeint) as {{ column }}_units,
        abs({{ column }}_units) * parts.weight // sum(parts.weight) over same_line as {{ column }}_floor,
        abs({{ column }}_units) * parts.weight % sum(parts.weight) over same_line as {{ column }}_rest
        {{- ',' if not loop.last }}
    {%- endfor %}
    from entered
    inner join {{ ref('int_bundle_part') }} as parts
        on entered.product_id = parts.bundle_id and parts.weight is not null
    left join {{ ref('stg_crm_products') }} as products on parts.product_id = products.product_id
    {{ fx_join('products.currency', 'entered.closed_on') }}
    window same_line as (partition by entered.line_id)
),

parts_of_lines as (
    select
        *,
    {%- for column in ['amount_native', 'list_reporting', 'cost_reporting'] %}
        sign({{ column }}_units) * (
            {{ column }}_floor + case
                when
                    row_number() over (partition by line_id order by {{ column }}_rest desc, product_id asc)
                    <= abs({{ column }}_units) - sum({{ column }}_floor) over (partition by line_id)
                    then 1
                else 0
            end
        ) as {{ column }}_part
        {{- ',' if not loop.last }}
    {%- endfor %}
    from parted
),

recorded as (
    select
        entered.line_id,
        entered.opportunity_id,
        entered.product_id,
        cast(null as varchar) as bundle_id,
        entered.quantity,
        entered.list_price,
        entered.unit_price,
        entered.amount_native,
        entered.list_reporting,
        entered.cost_reporting
    from entered
    where entered.line_id not in (select parted.line_id from parted)
    union all
    select
        line_id || '#' || product_id,
        opportunity_id,
        product_id,
        bundle_id,
        quantity,
        null,
        null,
        cast(cast(amount_native_part as decimal(24, 4)) / power(10, exponent) as decimal(18, 4)),
        cast(cast(list_reporting_part as decimal(24, 2)) / {{ units }} as decimal(18, 2)),
        case
            when cost_reporting_units is null then part_cost
            else cast(cast(cost_reporting_part as decimal(24, 2)) / {{ units }} as decimal(18, 2))
        end
    from parts_of_lines
),

sums as (
    select opportunity_id, sum(amount_native) as lines_native
    from recorded
    group by opportunity_id
),

-- A deal without an amount is worth its lines; with neither, nothing is known to be earned.
headers as (
    select
        won.opportunity_id,
        won.fx_rate,
        sums.opportunity_id is not null as has_lines,
        cast(coalesce(won.amount_native, sums.lines_native, 0) as decimal(18, 4)) as header_native,
        cast(coalesce(sums.lines_native, 0) as decimal(18, 4)) as lines_native
    from won
    left join sums on won.opportunity_id = sums.opportunity_id
),

completed as (
    select
        recorded.opportunity_id,
        recorded.line_id,
        'recorded' as line_kind,
        recorded.product_id,
        recorded.bundle_id,
        recorded.quantity,
        recorded.list_price,
        recorded.unit_price,
        recorded.amount_native,
        recorded.list_reporting,
        recorded.cost_reporting
    from recorded
    union all
    select
        opportunity_id,
        opportunity_id || case when has_lines then '#unallocated' else '#unspecified' end,
        case when has_lines then 'unallocated' else 'unspecified' end,
        null,
        null,
        null,
        null,
        null,
        cast(header_native - lines_native as decimal(18, 4)),
        null,
        -- What a header takes off its lines was sold without costing anything; what it adds has an unknown cost.
        case when has_lines and header_native < lines_native then cast(0 as decimal(18, 2)) end
    from headers
    where not has_lines or header_native <> lines_native
),

-- Rounding each line alone would miss the rounded deal by cents. Every line is rounded down and the missing units go
-- to the largest remainders (ties: the smaller line id), so that the lines add up exactly (G11).
exact as (
    select
        completed.*,
        headers.fx_rate,
        cast({{ to_reporting_cents('headers.header_native', 'headers.fx_rate') }} * {{ units }} as bigint)
            as header_units,
        cast(completed.amount_native as decimal(18, 6)) * cast(headers.fx_rate as decimal(28, 16)) * {{ units }}
            as line_units
    from completed
    inner join headers on completed.opportunity_id = headers.opportunity_id
),

floored as (
    select
        *,
        cast(floor(line_units) as bigint) as whole_units,
        line_units - floor(line_units) as remainder
    from exact
),

shared as (
    select
        *,
        header_units - sum(whole_units) over (partition by opportunity_id) as units_left,
        row_number() over (partition by opportunity_id order by remainder desc, line_id asc) as remainder_rank
    from floored
),

final as (
    select
        line_id,
        opportunity_id,
        line_kind,
        product_id,
        bundle_id,
        quantity,
        list_price,
        unit_price,
        amount_native,
        cast(
            (whole_units + case when remainder_rank <= units_left then 1 else 0 end) * {{ unit }} as decimal(18, 2)
        ) as amount_reporting,
        list_reporting,
        cost_reporting
    from shared
)

select * from final
