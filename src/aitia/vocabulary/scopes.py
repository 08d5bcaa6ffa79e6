"""For whom the terms matter, by tools/vocabulary.py from ontology/: do not edit."""

from __future__ import annotations

NAMES: dict[str, tuple[str, ...]] = {
    "https://w3id.org/aitia/scheme/stakeholder#DataScientist": (
        "data scientist",
        "ML engineer",
    ),
    "https://w3id.org/aitia/scheme/stakeholder#HPCOperator": (
        "HPC operator",
        "system operator",
    ),
    "https://w3id.org/aitia/scheme/stakeholder#WorkflowDeveloper": (
        "workflow developer",
        "software engineer",
    ),
    "https://w3id.org/aitia/scheme/stakeholder#Auditor": (
        "auditor",
        "compliance officer",
    ),
    "https://w3id.org/aitia/scheme/stakeholder#DomainScientist": (
        "domain scientist",
        "domain expert",
    ),
    "https://w3id.org/aitia/scheme/stakeholder#AffectedPerson": (
        "affected person",
        "affected end user",
        "end user",
    ),
}
"""The names of each stakeholder, the preferred one first."""

TERMS: dict[str, str] = {
    "data scientist": """
aitia:AIAgent aitia:AISystem aitia:Accelerator aitia:ActivationLayer aitia:AdaptedModel
aitia:Adapter aitia:Architecture aitia:Artifact aitia:Assumption aitia:AttentionLayer
aitia:Campaign aitia:Cancelled aitia:CaptureAdapter aitia:CaptureBundle aitia:CaptureNote
aitia:CausalAnalysis aitia:CausalClaim aitia:CausalVariable aitia:Checkpoint
aitia:ClusteringArchitecture aitia:Completed aitia:ComputeNode aitia:ComputeResource
aitia:ContainerImage aitia:ConvolutionLayer aitia:DataRecord aitia:DataTransformation
aitia:Dataset aitia:DatasetSplit aitia:Decision aitia:DenseLayer aitia:EdgeNode
aitia:EffectEstimate aitia:EmbeddingLayer aitia:EvaluationRun aitia:Execution
aitia:ExecutionStatus aitia:Explanation aitia:Failed aitia:FeatureTable aitia:Feedback
aitia:FoundationModel aitia:GPU aitia:Inference aitia:Interrupted aitia:KernelArchitecture
aitia:Layer aitia:LearningCurve aitia:LearningCurveType aitia:LinearArchitecture
aitia:LossFunction aitia:MLFramework aitia:Measurement aitia:MediationEstimate aitia:Model
aitia:NeuralArchitecture aitia:NormalizationLayer aitia:ObservableQuantity aitia:Optimizer
aitia:ParameterSetting aitia:PoolingLayer aitia:Port aitia:Prediction aitia:PretrainingRun
aitia:ProbabilisticArchitecture aitia:Processor aitia:Prompt aitia:PromptTemplate
aitia:QuarantinedRecord aitia:Queued aitia:RecurrentLayer aitia:RegularizationLayer
aitia:Running aitia:SearchDimension aitia:Series aitia:Software aitia:SoftwareEnvironment
aitia:SoftwarePackage aitia:SourceRevision aitia:Specification aitia:TaskRun
aitia:TaskSpecification aitia:Tokenizer aitia:Tool aitia:ToolInvocation
aitia:TrainingConfiguration aitia:TrainingEpoch aitia:TrainingRun aitia:TreeEnsembleArchitecture
aitia:WorkflowRun aitia:WorkflowSpecification aitia:aboutSubject aitia:activationFunction
aitia:adaptationMethod aitia:adaptedFrom aitia:adapterRank aitia:adapterScale
aitia:annotationProtocol aitia:arrayShape aitia:attentionHeads aitia:basedOnPrediction
aitia:batchSize aitia:bestStep aitia:bestValue aitia:branchName aitia:byteSize aitia:bytesRead
aitia:bytesReceived aitia:bytesSent aitia:bytesWritten aitia:carbonGramsCO2e aitia:causeVariable
aitia:checkpointStep aitia:clusterCount aitia:columnName aitia:columnSchema aitia:commandLine
aitia:commitHash aitia:componentCount aitia:confidence aitia:configuredBy aitia:connectsTo
aitia:contextLength aitia:coreCount aitia:cpuSeconds aitia:curveType aitia:directEffect
aitia:distilledFrom aitia:distributionFamily aitia:doseResponse aitia:drawnFrom
aitia:driverVersion aitia:dropoutRate aitia:durationSeconds aitia:edgeStability
aitia:effectDivision aitia:effectSpan aitia:effectVariable aitia:elementType aitia:enacts
aitia:endMarks aitia:energyJoules aitia:epochBudget aitia:errorMessage aitia:evaluatedOn
aitia:falseDiscoveryRate aitia:feedbackKind aitia:feedbackOn aitia:feedsInto aitia:firstValue
aitia:fitnessQuantity aitia:fromTemplate aitia:hasArchitecture aitia:hasInputPort aitia:hasLayer
aitia:hasLearningCurve aitia:hasOutputPort aitia:hasSetting aitia:hasTask
aitia:hasUncommittedChanges aitia:higherIsBetter aitia:indexOfBest aitia:indexStart
aitia:indexStride aitia:indirectEffect aitia:inlineIndex aitia:inlineTimes aitia:inlineValues
aitia:inputShape aitia:inputTokenCount aitia:insideContainer aitia:instructionSet
aitia:isExperimental aitia:kernelFunction aitia:kernelSize aitia:knownBias aitia:knownLimitation
aitia:lastValue aitia:layerCount aitia:layerIndex aitia:learningRate aitia:linkFunction
aitia:locator aitia:mattersTo aitia:maximum aitia:mean aitia:meanPowerWatts
aitia:measuresQuantity aitia:memoryBytes aitia:mergedFrom aitia:minimum aitia:modelName
aitia:nonFiniteCount aitia:noteCount aitia:noteKind aitia:numericValue aitia:operatingSystem
aitia:orientationStability aitia:outputShape aitia:outputTokenCount aitia:packageUrl
aitia:padding aitia:parameterBits aitia:parameterCount aitia:partOfExecution
aitia:peakAcceleratorMemoryBytes aitia:peakMemoryBytes aitia:peakPowerWatts
aitia:peakTemperatureCelsius aitia:penaltyKind aitia:penaltyStrength aitia:permutationImportance
aitia:pointCount aitia:powerLimitWatts aitia:predeterminedChange aitia:projectedBy aitia:ranOn
aitia:ranRevision aitia:randomSeed aitia:rankCorrelation aitia:recordText aitia:samplingStrategy
aitia:samplingTemperature aitia:searchedOver aitia:settingName aitia:settingValue aitia:sha256
aitia:splitCriterion aitia:splitRole aitia:standardDeviation aitia:status aitia:statusInferred
aitia:stoppingTolerance aitia:storedIn aitia:stride aitia:subsetOf aitia:temperatureLimitCelsius
aitia:throughVariable aitia:trainedOn aitia:trainingTokenCount aitia:treeCount aitia:treeDepth
aitia:underAssumption aitia:unitCode aitia:unitCount aitia:usedEnvironment aitia:usedModel
aitia:usedPrompt aitia:usedTool aitia:usesLoss aitia:usesOptimizer aitia:usesTokenizer
aitia:versionLabel aitia:vocabularySize aitia:withAdapter
""",
    "HPC operator": """
aitia:Accelerator aitia:AdaptedModel aitia:Artifact aitia:Campaign aitia:Cancelled
aitia:CaptureAdapter aitia:CaptureBundle aitia:CaptureNote aitia:Checkpoint aitia:Cluster
aitia:Completed aitia:ComputeNode aitia:ComputeResource aitia:ContainerImage
aitia:DataTransformation aitia:Dataset aitia:Decision aitia:EdgeNode aitia:EvaluationRun
aitia:Execution aitia:ExecutionStatus aitia:Failed aitia:FoundationModel aitia:GPU
aitia:Inference aitia:Interrupted aitia:JobAllocation aitia:MLFramework aitia:Measurement
aitia:Model aitia:NetworkInterface aitia:ObservableQuantity aitia:Processor aitia:Queued
aitia:Running aitia:Series aitia:Site aitia:Software aitia:SoftwareEnvironment
aitia:SoftwarePackage aitia:StorageSystem aitia:TaskRun aitia:TelemetryCollection
aitia:TelemetryProbe aitia:ThrottlingEpisode aitia:ToolInvocation aitia:TrainingRun
aitia:WorkflowRun aitia:aboutSubject aitia:basedOnPrediction aitia:bestValue aitia:bytesRead
aitia:bytesReceived aitia:bytesSent aitia:bytesWritten aitia:capacityBytes aitia:carbonGramsCO2e
aitia:columnName aitia:commandLine aitia:componentOf aitia:configuredBy aitia:containerRuntime
aitia:coreCount aitia:cpuSeconds aitia:driverVersion aitia:durationSeconds aitia:energyJoules
aitia:errorMessage aitia:feedbackOn aitia:fileSystemType aitia:firstValue
aitia:gramsCO2ePerKilowattHour aitia:grantedAcceleratorCount aitia:grantedCoreCount
aitia:grantedMemoryBytes aitia:grantedResource aitia:hasSetting aitia:higherIsBetter
aitia:indexStart aitia:indexStride aitia:inlineIndex aitia:inlineTimes aitia:inlineValues
aitia:inputTokenCount aitia:insideContainer aitia:instructionSet aitia:jobIdentifier
aitia:lastValue aitia:linkSpeedBitsPerSecond aitia:locatedAt aitia:mattersTo aitia:maximum
aitia:mean aitia:meanPowerWatts aitia:measuresQuantity aitia:memoryBytes aitia:minimum
aitia:missedSampleCount aitia:modelName aitia:nonFiniteCount aitia:noteCount aitia:noteKind
aitia:numericValue aitia:observedBy aitia:operatingSystem aitia:outputTokenCount
aitia:packageUrl aitia:partOfExecution aitia:peakAcceleratorMemoryBytes aitia:peakMemoryBytes
aitia:peakPowerWatts aitia:peakTemperatureCelsius aitia:pointCount aitia:powerLimitWatts
aitia:queueName aitia:queueWaitSeconds aitia:ranOn aitia:requestedSeconds aitia:resourceManager
aitia:samplingPeriodSeconds aitia:serialOrUuid aitia:settingName aitia:settingValue aitia:sha256
aitia:standardDeviation aitia:status aitia:statusInferred aitia:storedIn
aitia:temperatureLimitCelsius aitia:throttlingReason aitia:trainingTokenCount
aitia:underAllocation aitia:unitCode aitia:usedEnvironment aitia:versionLabel
""",
    "workflow developer": """
aitia:AIAgent aitia:Artifact aitia:Campaign aitia:Cancelled aitia:CaptureAdapter
aitia:CaptureBundle aitia:CaptureNote aitia:Checkpoint aitia:Completed aitia:ComputeNode
aitia:ComputeResource aitia:ContainerImage aitia:DataTransformation aitia:Dataset
aitia:DatasetSplit aitia:EdgeNode aitia:Execution aitia:ExecutionStatus aitia:Failed
aitia:Interrupted aitia:JobAllocation aitia:JournalSegment aitia:MLFramework aitia:Measurement
aitia:Model aitia:ObservableQuantity aitia:ParameterSetting aitia:Port aitia:Prompt
aitia:PromptTemplate aitia:QuarantinedRecord aitia:Queued aitia:Running aitia:SearchDimension
aitia:Software aitia:SoftwareEnvironment aitia:SoftwarePackage aitia:SourceRevision
aitia:Specification aitia:StorageSystem aitia:TaskRun aitia:TaskSpecification aitia:Tool
aitia:ToolInvocation aitia:WorkflowEngine aitia:WorkflowRun aitia:WorkflowSpecification
aitia:aboutSubject aitia:arrayShape aitia:branchName aitia:byteSize aitia:bytesRead
aitia:bytesReceived aitia:bytesSent aitia:bytesWritten aitia:checkpointStep aitia:columnSchema
aitia:commandLine aitia:commitHash aitia:connectsTo aitia:containerRuntime aitia:coreCount
aitia:cpuSeconds aitia:drawnFrom aitia:durationSeconds aitia:elementType aitia:enacts
aitia:errorMessage aitia:externalInteraction aitia:fileSystemType aitia:fromTemplate
aitia:grantedAcceleratorCount aitia:grantedCoreCount aitia:grantedMemoryBytes
aitia:grantedResource aitia:hasInputPort aitia:hasOutputPort aitia:hasSetting aitia:hasTask
aitia:hasUncommittedChanges aitia:inputTokenCount aitia:insideContainer aitia:instructionSet
aitia:jobIdentifier aitia:locator aitia:mattersTo aitia:measuresQuantity aitia:memoryBytes
aitia:noteCount aitia:noteKind aitia:numericValue aitia:observedBy aitia:operatingSystem
aitia:outputTokenCount aitia:packageUrl aitia:partOfExecution aitia:peakAcceleratorMemoryBytes
aitia:peakMemoryBytes aitia:previousBundleDigest aitia:queueName aitia:queueWaitSeconds
aitia:ranOn aitia:ranRevision aitia:randomSeed aitia:recordText aitia:requestedSeconds
aitia:resourceManager aitia:samplingStrategy aitia:samplingTemperature aitia:searchedOver
aitia:settingName aitia:settingValue aitia:sha256 aitia:splitRole aitia:status
aitia:statusInferred aitia:subsetOf aitia:trainingTokenCount aitia:underAllocation
aitia:unitCode aitia:usedEnvironment aitia:usedPrompt aitia:usedTool aitia:versionLabel
""",
    "auditor": """
aitia:AIAgent aitia:AISystem aitia:Accelerator aitia:ActivationLayer aitia:AdaptedModel
aitia:Adapter aitia:Architecture aitia:Artifact aitia:Assumption aitia:AttentionLayer
aitia:Campaign aitia:Cancelled aitia:CaptureAdapter aitia:CaptureBundle aitia:CaptureNote
aitia:CausalAnalysis aitia:CausalClaim aitia:CausalVariable aitia:Checkpoint aitia:Cluster
aitia:ClusteringArchitecture aitia:Completed aitia:ComputeNode aitia:ComputeResource
aitia:ContainerImage aitia:ConvolutionLayer aitia:DataRecord aitia:DataTransformation
aitia:Dataset aitia:DatasetSplit aitia:Decision aitia:DenseLayer aitia:EdgeNode
aitia:EffectEstimate aitia:EmbeddingLayer aitia:EvaluationRun aitia:Execution
aitia:ExecutionStatus aitia:Explanation aitia:Failed aitia:FeatureTable aitia:Feedback
aitia:FoundationModel aitia:GPU aitia:HumanReview aitia:Inference aitia:Interrupted
aitia:JournalSegment aitia:KernelArchitecture aitia:Layer aitia:LearningCurve
aitia:LearningCurveType aitia:LinearArchitecture aitia:LossFunction aitia:MLFramework
aitia:Measurement aitia:MediationEstimate aitia:Model aitia:NeuralArchitecture
aitia:NormalizationLayer aitia:ObservableQuantity aitia:Optimizer aitia:ParameterSetting
aitia:PoolingLayer aitia:Prediction aitia:PretrainingRun aitia:ProbabilisticArchitecture
aitia:Processor aitia:Prompt aitia:PromptTemplate aitia:QuarantinedRecord aitia:Queued
aitia:RecurrentLayer aitia:RegularizationLayer aitia:Running aitia:SearchDimension aitia:Series
aitia:Site aitia:Software aitia:SoftwareEnvironment aitia:SoftwarePackage aitia:SourceRevision
aitia:Specification aitia:TaskRun aitia:TaskSpecification aitia:TelemetryCollection
aitia:TelemetryProbe aitia:ThrottlingEpisode aitia:Tokenizer aitia:Tool aitia:ToolInvocation
aitia:TrainingConfiguration aitia:TrainingRun aitia:TreeEnsembleArchitecture
aitia:WorkflowEngine aitia:WorkflowRun aitia:WorkflowSpecification aitia:aboutSubject
aitia:adaptationMethod aitia:adaptedFrom aitia:adapterRank aitia:adapterScale aitia:affects
aitia:annotationProtocol aitia:arrayShape aitia:basedOnPrediction aitia:bestStep aitia:bestValue
aitia:branchName aitia:byteSize aitia:carbonGramsCO2e aitia:causeVariable aitia:checkpointStep
aitia:clusterCount aitia:columnName aitia:commandLine aitia:commitHash aitia:componentCount
aitia:componentOf aitia:confidence aitia:configuredBy aitia:connectsTo aitia:contextLength
aitia:coreCount aitia:cpuSeconds aitia:curveType aitia:cybersecurityMeasure aitia:decisionKind
aitia:directEffect aitia:distilledFrom aitia:distributionFamily aitia:doseResponse
aitia:drawnFrom aitia:driverVersion aitia:durationSeconds aitia:edgeStability
aitia:effectDivision aitia:effectSpan aitia:effectVariable aitia:elementType aitia:enacts
aitia:endMarks aitia:energyJoules aitia:errorMessage aitia:evaluatedOn aitia:externalInteraction
aitia:falseDiscoveryRate aitia:feedbackKind aitia:feedbackOn aitia:feedsInto aitia:firstValue
aitia:fitnessQuantity aitia:fromTemplate aitia:gramsCO2ePerKilowattHour aitia:hasArchitecture
aitia:hasInputPort aitia:hasLayer aitia:hasLearningCurve aitia:hasOutputPort aitia:hasSetting
aitia:hasTask aitia:hasUncommittedChanges aitia:higherIsBetter aitia:indexOfBest
aitia:indexStart aitia:indexStride aitia:indirectEffect aitia:inlineIndex aitia:inlineTimes
aitia:inlineValues aitia:inputTokenCount aitia:insideContainer aitia:instructionsForUse
aitia:intendedPurpose aitia:isExperimental aitia:kernelFunction aitia:knownBias
aitia:knownLimitation aitia:lastValue aitia:layerCount aitia:layerIndex aitia:learningRate
aitia:linkFunction aitia:locatedAt aitia:locator aitia:marketForm aitia:mattersTo aitia:maximum
aitia:mean aitia:meanPowerWatts aitia:measuresQuantity aitia:memoryBytes aitia:mergedFrom
aitia:minimum aitia:missedSampleCount aitia:modelName aitia:nonFiniteCount aitia:noteCount
aitia:noteKind aitia:numericValue aitia:observedBy aitia:orientationStability
aitia:outputTokenCount aitia:packageUrl aitia:parameterBits aitia:parameterCount
aitia:partOfExecution aitia:peakMemoryBytes aitia:peakPowerWatts aitia:peakTemperatureCelsius
aitia:penaltyKind aitia:penaltyStrength aitia:permutationImportance aitia:pointCount
aitia:predeterminedChange aitia:previousBundleDigest aitia:productIllustration aitia:projectedBy
aitia:ranOn aitia:ranRevision aitia:randomSeed aitia:rankCorrelation aitia:recordText
aitia:samplingPeriodSeconds aitia:samplingStrategy aitia:samplingTemperature aitia:searchedOver
aitia:serialOrUuid aitia:settingName aitia:settingValue aitia:sha256 aitia:splitCriterion
aitia:splitRole aitia:standardDeviation aitia:status aitia:statusInferred
aitia:stoppingTolerance aitia:storedIn aitia:subsetOf aitia:throttlingReason
aitia:throughVariable aitia:trainedOn aitia:trainingTokenCount aitia:treeCount aitia:treeDepth
aitia:underAssumption aitia:unitCode aitia:usedEnvironment aitia:usedModel aitia:usedPrompt
aitia:usedTool aitia:userInterface aitia:usesLoss aitia:usesOptimizer aitia:usesTokenizer
aitia:versionLabel aitia:vocabularySize aitia:withAdapter
""",
    "domain scientist": """
aitia:AISystem aitia:ActivationLayer aitia:AdaptedModel aitia:Architecture aitia:Artifact
aitia:Assumption aitia:AttentionLayer aitia:Campaign aitia:Cancelled aitia:CaptureAdapter
aitia:CaptureBundle aitia:CausalAnalysis aitia:CausalClaim aitia:CausalVariable aitia:Completed
aitia:ComputeNode aitia:ConvolutionLayer aitia:DataRecord aitia:DataTransformation aitia:Dataset
aitia:DatasetSplit aitia:Decision aitia:DenseLayer aitia:EdgeNode aitia:EffectEstimate
aitia:EmbeddingLayer aitia:EvaluationRun aitia:Execution aitia:ExecutionStatus aitia:Explanation
aitia:Failed aitia:FeatureTable aitia:Feedback aitia:FoundationModel aitia:HumanReview
aitia:Inference aitia:Interrupted aitia:Layer aitia:LearningCurve aitia:LearningCurveType
aitia:Measurement aitia:MediationEstimate aitia:Model aitia:NeuralArchitecture
aitia:NormalizationLayer aitia:ObservableQuantity aitia:ParameterSetting aitia:PoolingLayer
aitia:Prediction aitia:PretrainingRun aitia:Queued aitia:RecurrentLayer
aitia:RegularizationLayer aitia:Running aitia:SearchDimension aitia:Series aitia:Site
aitia:SoftwareEnvironment aitia:TaskRun aitia:ToolInvocation aitia:TrainingRun aitia:WorkflowRun
aitia:aboutSubject aitia:activationFunction aitia:adaptationMethod aitia:adaptedFrom
aitia:affects aitia:annotationProtocol aitia:arrayShape aitia:basedOnPrediction aitia:bestStep
aitia:bestValue aitia:byteSize aitia:carbonGramsCO2e aitia:causeVariable aitia:columnName
aitia:confidence aitia:configuredBy aitia:cpuSeconds aitia:curveType aitia:decisionKind
aitia:directEffect aitia:doseResponse aitia:drawnFrom aitia:durationSeconds aitia:edgeStability
aitia:effectDivision aitia:effectSpan aitia:effectVariable aitia:elementType aitia:endMarks
aitia:energyJoules aitia:evaluatedOn aitia:falseDiscoveryRate aitia:feedbackKind
aitia:feedbackOn aitia:feedsInto aitia:firstValue aitia:fitnessQuantity
aitia:gramsCO2ePerKilowattHour aitia:hasArchitecture aitia:hasLayer aitia:hasLearningCurve
aitia:hasSetting aitia:higherIsBetter aitia:indexOfBest aitia:indexStart aitia:indexStride
aitia:indirectEffect aitia:inlineIndex aitia:inlineTimes aitia:inlineValues
aitia:instructionsForUse aitia:intendedPurpose aitia:isExperimental aitia:knownLimitation
aitia:lastValue aitia:layerCount aitia:layerIndex aitia:locatedAt aitia:locator aitia:mattersTo
aitia:maximum aitia:mean aitia:measuresQuantity aitia:minimum aitia:nonFiniteCount
aitia:numericValue aitia:orientationStability aitia:parameterCount aitia:partOfExecution
aitia:permutationImportance aitia:pointCount aitia:projectedBy aitia:ranOn aitia:rankCorrelation
aitia:samplingStrategy aitia:searchedOver aitia:settingName aitia:settingValue aitia:sha256
aitia:splitRole aitia:standardDeviation aitia:status aitia:storedIn aitia:subsetOf
aitia:throughVariable aitia:trainedOn aitia:treeCount aitia:treeDepth aitia:underAssumption
aitia:unitCode aitia:unitCount aitia:usedEnvironment aitia:usedModel aitia:usedPrompt
aitia:userInterface aitia:usesLoss aitia:usesOptimizer aitia:versionLabel
""",
    "affected person": """
aitia:AIAgent aitia:AISystem aitia:AdaptedModel aitia:Artifact aitia:Cancelled
aitia:CaptureAdapter aitia:CaptureBundle aitia:Completed aitia:DataRecord aitia:Decision
aitia:Execution aitia:ExecutionStatus aitia:Explanation aitia:Failed aitia:Feedback
aitia:FoundationModel aitia:HumanReview aitia:Inference aitia:Interrupted aitia:Model
aitia:Prediction aitia:Prompt aitia:Queued aitia:Running aitia:TaskRun aitia:WorkflowRun
aitia:aboutSubject aitia:adaptedFrom aitia:affects aitia:basedOnPrediction aitia:confidence
aitia:decisionKind aitia:feedbackKind aitia:feedbackOn aitia:intendedPurpose aitia:knownBias
aitia:mattersTo aitia:partOfExecution aitia:sha256 aitia:status aitia:subsetOf aitia:trainedOn
aitia:usedModel aitia:usedPrompt
""",
}
"""The terms that matter to each stakeholder, parted by white space."""
