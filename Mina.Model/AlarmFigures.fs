namespace Mina.Model

open System

/// An alarm of AF as its figures count it.
[<Struct>]
type CountedAlarm = {
    Raised: DateTimeOffset
    /// When a person acknowledged it; null where nobody has.
    Acknowledged: Nullable<DateTimeOffset>
    /// What the review that has the word on its episode says; null where nobody has reviewed it.
    Verdict: Nullable<ReviewVerdict>
}

/// What has become of the alarms of AF of some streams in a span of time.
type AlarmFigures = {
    Alarms: int
    /// Alarms whose episode was confirmed.
    True: int
    /// Alarms whose episode was rejected.
    False: int
    /// Alarms whose episode nobody has reviewed.
    Unreviewed: int
    /// The time that the streams were there, in days, all together.
    BedDays: float
    /// Alarms a bed-day; null where there were no streams.
    PerBedDay: Nullable<float>
    /// False alarms a bed-day; null where there were no streams.
    FalsePerBedDay: Nullable<float>
    /// Alarms that a person has acknowledged.
    Acknowledged: int
    /// The median time from an alarm to its being acknowledged, in seconds; null where none was.
    MedianSecondsToAcknowledge: Nullable<float>
    /// The time within which 95 of 100 acknowledged alarms were acknowledged, in seconds; null where none was.
    P95SecondsToAcknowledge: Nullable<float>
} with

    /// <summary>Counts alarms.</summary>
    /// <param name="alarms">The alarms of AF.</param>
    /// <param name="bedDays">The time that the streams were there, in days; not negative.</param>
    static member Count(alarms: CountedAlarm seq, bedDays: float) : AlarmFigures =
        let alarms = Array.ofSeq alarms

        let reviewedAs verdict =
            alarms
            |> Array.filter (fun alarm -> alarm.Verdict = Nullable verdict)
            |> Array.length

        let perBedDay count =
            if bedDays > 0.0 then
                Nullable(float count / bedDays)
            else
                Nullable()

        let waits =
            alarms
            |> Array.filter _.Acknowledged.HasValue
            |> Array.map (fun alarm -> max 0.0 (alarm.Acknowledged.Value - alarm.Raised).TotalSeconds)
            |> Array.sort

        let wrong = reviewedAs ReviewVerdict.Rejected

        {
            Alarms = alarms.Length
            True = reviewedAs ReviewVerdict.Confirmed
            False = wrong
            Unreviewed = alarms |> Array.filter (fun alarm -> not alarm.Verdict.HasValue) |> Array.length
            BedDays = bedDays
            PerBedDay = perBedDay alarms.Length
            FalsePerBedDay = perBedDay wrong
            Acknowledged = waits.Length
            MedianSecondsToAcknowledge =
                if waits.Length = 0 then
                    Nullable()
                else
                    Nullable((waits[(waits.Length - 1) / 2] + waits[waits.Length / 2]) / 2.0)
            P95SecondsToAcknowledge =
                if waits.Length = 0 then
                    Nullable()
                else
                    Nullable waits[int (ceil (0.95 * float waits.Length)) - 1]
        }
